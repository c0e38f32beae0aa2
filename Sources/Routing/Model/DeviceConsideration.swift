/// What became of one device in a decision, and the first reason for it.
package struct DeviceConsideration: Equatable, Sendable {
  /// Why a device was or was not chosen; the first that applies counts.
  package enum Reason: Equatable, Sendable {
    case chosen
    /// The policies chose it, and a guard made the contact wait.
    case narrowed
    /// The core would not have it called able to accept more.
    case refused(DeviceRefusal)
    /// No policy was asked.
    case nobodyAsked
    /// No query of the policies and nothing that they read came to it.
    case notLookedAt
    /// The filter of a query left it out.
    case leftOut(DecisionTrace.Query, by: DecisionTrace.Query.Condition)
    /// A query saw it and gave others back; `by` is the one it stands behind.
    case outranked(DecisionTrace.Query, by: Int)
    /// A policy had it in hand, by a query or by reading these fields of it, and did not choose it.
    case passedOver(fields: [String])
    /// The policies looked at more than the trace holds.
    case untracked
  }

  /// In one word, as `usher decide` has it: `eligible` is a device that could accept more and was not chosen.
  package enum Verdict: String, Sendable { case chosen, eligible, rejected }

  /// The reason in one of three words: only a refused device is `rejected`.
  package var verdict: Verdict {
    switch reason {
    case .chosen: .chosen
    case .refused: .rejected
    default: .eligible
    }
  }

  /// The reason's kind in a word, for programs.
  package var code: String {
    switch reason {
    case .chosen: "chosen"
    case .narrowed: "narrowed"
    case .refused(.status(let status)): status.rawValue
    case .refused(.paused): "paused"
    case .refused(.cap(let usage)): usage.cap == .inFlight ? "cap_in_flight" : "cap_\(usage.cap.rawValue)"
    case .nobodyAsked: "nobody_asked"
    case .notLookedAt: "not_looked_at"
    case .leftOut(_, let condition): "filter_\(condition.rawValue)"
    case .outranked: "outranked"
    case .passedOver: "passed_over"
    case .untracked: "untracked"
    }
  }

  /// The place in the fleet.
  package let device: Int
  /// The first that applies, in the order in which the core and the policies acted.
  package let reason: Reason
  /// When it could accept one more; nil when it can now, or when that cannot be known.
  package let freeAt: Instant?

  /// Of each device of the fleet, as it stood before the decision, in its order. What is said follows from the fleet and
  /// from what the trace says was done; the queries that led to the decision count before others.
  package static func all(of decision: Decision, trace: DecisionTrace, in fleet: Fleet) -> [DeviceConsideration] {
    let story = Story(decision: decision, trace: trace)
    return fleet.members.indices.map { device in
      let refusal = fleet.refusal(device)
      return DeviceConsideration(
        device: device, reason: story.reason(device, refusal),
        freeAt: refusal == nil ? nil : fleet.roomAt(device).flatMap { $0 > fleet.now ? $0 : nil })
    }
  }
}

/// One decision's trace, turned so that devices can be looked up in it.
private struct Story {
  private let chosen: Int?
  private let isNarrowed: Bool
  private let trace: DecisionTrace
  /// Those that gave back what was chosen first, then the later ones before the earlier ones.
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
  /// Whether a device that can accept more, and was not given back, stood behind those that were.
  fileprivate var ranks: Bool {
    switch self {
    case .leastLoaded, .firstAvailable, .candidates, .hash: true
    case .get, .available: false
    }
  }
}
