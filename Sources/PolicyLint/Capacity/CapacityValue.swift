import LuaSyntax

/// What a condition is about besides capacity.
struct CapacityConcerns: OptionSet, Hashable, Sendable {
  let rawValue: UInt8

  /// The clock: `now`, `local_time()`, `contact.due_at`.
  static let time = CapacityConcerns(rawValue: 1)
  /// The contact, chance, or something unknown.
  static let data = CapacityConcerns(rawValue: 2)
  /// The state of a device, compared with a threshold of the policy's own.
  static let state = CapacityConcerns(rawValue: 4)
  /// What a filter may select by: tags, platform or id of a device that a loop visits.
  static let filter = CapacityConcerns(rawValue: 8)
  /// The parameters alone.
  static let params = CapacityConcerns(rawValue: 16)
}

/// A query for devices that can accept more. Two equal ones find the same within a decision.
struct CapacityQuery: Hashable, Sendable {
  /// The source text of the filter; empty for any device.
  let filter: String
  /// Where the query is called, if its filter does not mean the same everywhere.
  let site: Int?
}

/// A device as the policy names it.
struct CapacityDevice: Hashable, Sendable {
  /// Equal for what is certainly the same device.
  let key: String
  /// The query that found it; nil if it may be full.
  var query: CapacityQuery?
  /// Whether a loop visits it, so that it exists.
  var isItem = false

  /// The key of `contact.device`.
  static let own = "contact.device"
}

/// A fact that holds or does not hold during a whole decision.
enum CapacityAtom: Hashable, Sendable {
  case exists(CapacityDevice)
  /// The device has capacity, as far as this field or comparison tells.
  case accepts(CapacityDevice, by: String)
  case found(CapacityQuery)
  /// The device has this limit at all.
  case isLimited(CapacityDevice, String)
}

/// A test of capacity that failed.
enum CapacityCause: Hashable, Sendable {
  /// By the key of the device.
  case device(String)
  case query(CapacityQuery)
}

/// A value of a policy, as far as it is about capacity.
struct CapacityValue: Hashable, Sendable {
  /// Numbers of a device that capacity is computed from.
  enum Measure: Hashable, Sendable {
    /// Messages sent, queued or in flight.
    case usage
    case limit
    /// Messages that still fit.
    case left
    /// The used share, 1 for a full device.
    case share
  }

  indirect enum Kind: Hashable, Sendable {
    case nothing
    case boolean(Bool)
    /// Something that is neither nil nor false.
    case present
    case number(Double)
    case text(String)
    case contact
    case fleet
    case fleetCount
    case device(CapacityDevice)
    case list(CapacityQuery)
    case count(CapacityQuery)
    /// A boolean that is true if the fact holds.
    case fact(CapacityAtom)
    case not(CapacityValue)
    case measure(Measure, CapacityDevice)
    case status(CapacityDevice)
    /// A table of the policy with this number of items.
    case table(Int)
    case function(SourceRange)
    /// A global, or a member of one: `table.insert`.
    case named(String)
    case wait(CapacityWait)
    /// Another verdict.
    case verdict
    /// Anything else, and the local that it was read from.
    case unknown(local: Int?)
  }

  var kind: Kind
  /// What the conditions were about that led to this value, or that it was computed from.
  var concerns: CapacityConcerns = []

  static let nothing = CapacityValue(kind: .nothing)

  static func unknown(_ concerns: CapacityConcerns) -> CapacityValue {
    CapacityValue(kind: .unknown(local: nil), concerns: concerns)
  }

  static func fact(_ atom: CapacityAtom, _ holds: Bool = true) -> CapacityValue {
    let fact = CapacityValue(kind: .fact(atom))
    return holds ? fact : CapacityValue(kind: .not(fact))
  }

  /// What a value computed from this one is about.
  var subject: CapacityConcerns {
    switch kind {
    case .nothing, .boolean, .present, .number, .text, .table, .function, .named, .wait, .verdict, .unknown, .fleet:
      concerns
    case .contact: concerns.union(.data)
    case .device(let device): concerns.union(device.isItem ? .filter : .data)
    case .not(let value): concerns.union(value.subject)
    case .fleetCount, .list, .count, .fact, .measure, .status: concerns.union(.state)
    }
  }

  /// Whether it tells nothing about capacity, so that a choice between such values needs no case of its own.
  var isPlain: Bool {
    switch kind {
    case .nothing, .boolean, .present, .number, .text, .unknown: true
    case .not(let value): value.isPlain
    default: false
    }
  }

  /// The key of the device whose capacity the value tells. That a device is offline is no lack of capacity alone.
  var deviceAsked: String? {
    switch kind {
    case .fact(.accepts(let device, let name)): name == "status" ? nil : device.key
    case .not(let value): value.deviceAsked
    default: nil
    }
  }
}

/// A call of `wait` that was evaluated.
struct CapacityWait: Hashable, Sendable {
  /// The offset of the name `wait`.
  let site: Int
  /// The outermost call of a function of the policy in which it was evaluated.
  let call: SourceRange?
  /// Whether a test of capacity had failed before the call, so that an argument for `wait_for` is known there.
  let isAfterTest: Bool
  /// Whether something else than capacity is certainly the point of the wait, such as a time that it computes.
  var isDeliberate: Bool
}
