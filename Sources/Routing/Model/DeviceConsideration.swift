/// How a decision treated one device, and the first reason for it.
package struct DeviceConsideration: Equatable, Sendable {
  /// Why a device was chosen or not; the first reason that applies.
  package enum Reason: Equatable, Sendable {
    case chosen
    /// A policy chose it and a guard made the contact wait.
    case narrowed
    /// The core did not offer it as able to accept more.
    case refused(DeviceRefusal)
    /// No policy was evaluated.
    case nobodyAsked
    /// The policies neither found it in a query nor read it.
    case notLookedAt
    /// The filter of a query excluded it.
    case leftOut(DecisionTrace.Query, by: DecisionTrace.Query.Condition)
    /// A query considered it and returned others; `by` is the device ranked just before it.
    case outranked(DecisionTrace.Query, by: Int)
    /// A policy obtained it from a query, or read these fields of it, and did not choose it.
    case passedOver(fields: [String])
    /// The policies read more than the trace holds.
    case untracked
  }

  /// The word that `usher decide` prints: `eligible` is a device that could accept more and was not chosen.
  package enum Verdict: String, Sendable { case chosen, eligible, rejected }

  /// The reason as one of three words: only a refused device is `rejected`.
  package var verdict: Verdict {
    switch reason {
    case .chosen: .chosen
    case .refused: .rejected
    default: .eligible
    }
  }

  /// The kind of reason as a stable code, for programs.
  package var code: String {
    switch reason {
    case .chosen: "chosen"
    case .narrowed: "narrowed"
    case .refused(.status(let status)): status.rawValue
    case .refused(.paused): "paused"
    case .refused(.cap(let usage)): "cap_\(usage.cap.rawValue)"
    case .nobodyAsked: "nobody_asked"
    case .notLookedAt: "not_looked_at"
    case .leftOut(_, let condition): "filter_\(condition.rawValue)"
    case .outranked: "outranked"
    case .passedOver: "passed_over"
    case .untracked: "untracked"
    }
  }

  /// The device's index in the fleet.
  package let device: Int
  /// The first reason that applies, in the order in which the core and the policies acted.
  package let reason: Reason
  /// When it can accept one more message; nil if it can now, or if that is unknown.
  package let freeAt: Instant?

  /// One entry for each device of the fleet as it was before the decision, in fleet order. Derived from the fleet and the
  /// trace; queries that led to the decision take precedence over others.
  package static func all(of decision: Decision, trace: DecisionTrace, in fleet: Fleet) -> [DeviceConsideration] {
    let story = Story(decision: decision, trace: trace)
    return fleet.members.indices.map { device in
      let refusal = fleet.refusal(device)
      return DeviceConsideration(
        device: device, reason: story.reason(device, refusal),
        freeAt: refusal == nil ? nil : fleet.freeAt(device).flatMap { $0 > fleet.now ? $0 : nil })
    }
  }
}

/// The trace of one decision, indexed by device.
private struct Story {
  private let chosen: Int?
  private let isNarrowed: Bool
  private let trace: DecisionTrace
  /// The queries that returned the chosen device come first; within each group, later ones come before earlier ones.
  private let queries: [DecisionTrace.Query]
  private let fields: [Int: [String]]
  private let inHand: Set<Int>

  init(decision: Decision, trace: DecisionTrace) {
    let chosen = decision.resolution.device ?? decision.narrowed?.device
    self.chosen = chosen
    isNarrowed = decision.narrowed != nil
    self.trace = trace
    let led = { (query: DecisionTrace.Query) in chosen.map(query.found.contains) ?? false }
    queries = trace.queries.reversed().filter(led) + trace.queries.reversed().filter { !led($0) }
    var fields: [Int: [String]] = [:]
    for read in trace.reads {
      if case .device(let device) = read.subject { fields[device, default: []].append(read.name) }
    }
    self.fields = fields
    inHand = Set(trace.queries.flatMap(\.found) + trace.reads.compactMap(\.device) + fields.keys)
  }

  func reason(_ device: Int, _ refusal: DeviceRefusal?) -> DeviceConsideration.Reason {
    if device == chosen { return isNarrowed ? .narrowed : .chosen }
    if let refusal { return .refused(refusal) }
    if trace.asked.allSatisfy({ $0.instructions == 0 }) { return .nobodyAsked }
    for query in queries {
      if let missed = query.leftOut.first(where: { $0.device == device }) { return .leftOut(query, by: missed.by) }
      if query.found.contains(device) { break }
      if let above = query.kind.ranks ? query.found.last : nil { return .outranked(query, by: above) }
    }
    if inHand.contains(device) { return .passedOver(fields: fields[device] ?? []) }
    return trace.isCut ? .untracked : .notLookedAt
  }
}

extension DecisionTrace.Query.Kind {
  /// Whether the query orders devices, so that a device it did not return ranks behind those it returned.
  fileprivate var ranks: Bool {
    switch self {
    case .leastLoaded, .firstAvailable, .candidates, .hash: true
    case .get, .available: false
    }
  }
}
