/// What a decision comes to.
package enum Outcome: String, CaseIterable, Sendable {
  /// Queue on the device; the assignment stays.
  case use
  /// Queue on the device, and the contact belongs to it from now on.
  case move
  /// Nothing now; look again later.
  case wait
  /// Leave this step out.
  case skip
}

/// Why a policy's answer could not be used.
package struct Fault: Error, Equatable, Sendable {
  /// What went wrong; the raw values are those of the schema and of JSON.
  package enum Kind: String, CaseIterable, Sendable {
    case syntax, runtime, budget, memory, timeout, verdict, device
  }

  /// Decides what the operator can do about it: edit the file, raise a limit, or wait.
  package var kind: Kind
  /// For the author of the policy, without the line number.
  package var message: String
  /// The line of the policy file, from 1; nil where none can be named.
  package var line: Int?

  /// Without `line`, the fault belongs to no line of the file.
  package init(_ kind: Kind, _ message: String, line: Int? = nil) {
    (self.kind, self.message, self.line) = (kind, message, line)
  }
}

/// What a hook chose, before the core has admitted it. Devices are places in the fleet that was shown.
package enum Verdict: Equatable, Sendable {
  case use(device: Int)
  case move(device: Int)
  /// `seconds` nil: until a device could accept.
  case wait(seconds: Double?)
  case skip
  case noOpinion
}

/// Where an admitted decision leads. The device is a place in the fleet that was shown.
package enum Resolution: Equatable, Sendable {
  case use(device: Int)
  case move(device: Int)
  case wait(until: Instant)
  case skip

  /// The outcome without device and time, as it is recorded.
  package var outcome: Outcome {
    switch self {
    case .use: .use
    case .move: .move
    case .wait: .wait
    case .skip: .skip
    }
  }

  /// A place in the fleet that was shown; nil for `wait` and `skip`.
  package var device: Int? {
    switch self {
    case .use(let device), .move(let device): device
    case .wait, .skip: nil
    }
  }
}

/// What the policies had chosen where a guard made the contact wait.
package struct NarrowedChoice: Equatable, Sendable {
  /// The policy that chose; the guard is the decision's origin.
  package let origin: DecisionOrigin
  /// `use` or `move`.
  package let outcome: Outcome
  /// A place in the fleet that was shown.
  package let device: Int
  /// The same device by its row, for the record.
  package let deviceKey: DeviceKey
  /// The choosing policy's words.
  package let reason: String

  /// `device` and `deviceKey` must name the same member.
  package init(origin: DecisionOrigin, outcome: Outcome, device: Int, deviceKey: DeviceKey, reason: String) {
    (self.origin, self.outcome, self.device, self.reason) = (origin, outcome, device, reason)
    self.deviceKey = deviceKey
  }
}

/// What few decisions have.
package final class DecisionRemarks: Equatable, Sendable {
  /// Why a policy failed, which made the contact wait; nil for most.
  package let fault: Fault?
  /// What the policies noted, in order.
  package let notes: [String]
  /// Set when a guard made a wait of a choice.
  package let narrowed: NarrowedChoice?
  /// The guards that answered without a fault, in the order in which they were asked.
  package let guards: [DecisionOrigin]

  /// Worth making only if one of them is there: most decisions have no remarks.
  package init(
    fault: Fault?, notes: [String], narrowed: NarrowedChoice? = nil, guards: [DecisionOrigin] = []
  ) {
    (self.fault, self.notes, self.narrowed, self.guards) = (fault, notes, narrowed, guards)
  }

  package static func == (left: DecisionRemarks, right: DecisionRemarks) -> Bool {
    left.fault == right.fault && left.notes == right.notes && left.narrowed == right.narrowed
      && left.guards == right.guards
  }
}

/// A verdict that was admitted, with what it takes to understand it later.
///
/// Made a million times in a row, so it is small: what it shares with others, and what it rarely has, is behind a
/// reference.
package struct Decision: Equatable, Sendable {
  /// What happens to the contact, after admission and guards.
  package var resolution: Resolution
  /// In words, for the record and for people; not yet fitted to a column.
  package var reason: String
  /// The policy that decided, the guard that narrowed, or the last policy asked.
  package var origin: DecisionOrigin
  /// What `random` in policies drew from: from the contact, the step and the moment.
  package var seed: UInt64
  /// What the policies used of their budget: virtual machine instructions and the charges of library functions.
  package var instructions: Int64
  /// The earliest moment at which a device of the fleet could accept more; nil when one can now, or none is known.
  package var capacityAt: Instant?
  private let remarks: DecisionRemarks?

  /// No remarks and no instructions unless given, as for a wait that no policy was asked about.
  package init(
    resolution: Resolution, reason: String, origin: DecisionOrigin, seed: UInt64, instructions: Int64 = 0,
    remarks: DecisionRemarks? = nil, capacityAt: Instant? = nil
  ) {
    self.resolution = resolution
    self.reason = reason
    self.origin = origin
    self.seed = seed
    self.instructions = instructions
    self.remarks = remarks
    self.capacityAt = capacityAt
  }

  /// That of the resolution.
  package var outcome: Outcome { resolution.outcome }
  /// The name of the policy that decided, as the tenant lists it.
  package var policy: String { origin.policy }
  /// `sha256:` and 64 hexadecimal digits.
  package var revision: String { origin.revision }
  /// Why a policy failed; nil for a decision without a fault.
  package var fault: Fault? { remarks?.fault }
  /// What the policies noted, in order; mostly empty.
  package var notes: [String] { remarks?.notes ?? [] }
  /// What a guard turned into this wait; the decision's origin is the guard. Nil for all others.
  package var narrowed: NarrowedChoice? { remarks?.narrowed }
  /// The guards that answered about the choice without a fault, in the order in which they were asked. Empty for most
  /// decisions, and for those read from the store: it is not on record.
  package var guards: [DecisionOrigin] { remarks?.guards ?? [] }
}
