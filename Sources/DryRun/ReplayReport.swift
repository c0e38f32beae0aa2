import Policies
import Routing

/// The results of a replay. The parts add up to `decisions`.
package struct ReplayReport: Sendable {
  /// A decision with another result.
  package struct Difference: Sendable {
    /// The decision's tenant.
    package let tenant: TenantID
    /// The contact's id in commands.
    package let contact: ContactID
    /// The decision's number.
    package let decision: Int64
    /// When it was made.
    package let at: Instant
    /// The recorded answer.
    package let recorded: DecideAnswer
    /// The answer of the replay.
    package let replayed: DecideAnswer
  }

  /// Replayed with identical bytes.
  package private(set) var identical = 0
  /// Replayed with a difference in any part of the answer.
  package private(set) var different = 0
  /// No script was run, neither then nor now: the policy was suspended, or its file was unusable.
  package private(set) var notAsked = 0
  /// A script exceeded its time limit, then or now. This depends on the machine, so the comparison is inconclusive.
  package private(set) var timeouts = 0
  /// Decisions that cannot be replayed.
  package private(set) var unrecorded = UnrecordedCounts()
  /// The first difference, in tenant order.
  package private(set) var firstDifference: Difference?
  /// Digests of recorded revisions that this engine does not reproduce: another version of Usher or Lua decided, or the
  /// record was changed. In order of occurrence.
  package private(set) var foreignRevisions: [String] = []
  /// The engines of those decisions, as far as they are known, in the same order.
  package private(set) var foreignEngines: [EngineVersion] = []

  /// All decisions that match the filter, including those without a record.
  package var decisions: Int { replayed + unrecorded.byPolicies + unrecorded.byOperators + unrecorded.archived }
  /// The decisions that were replayed, including inconclusive ones.
  package var replayed: Int { identical + different + notAsked + timeouts }

  mutating func addIdentical() { identical += 1 }
  mutating func addNotAsked() { notAsked += 1 }
  mutating func addTimeout() { timeouts += 1 }
  mutating func add(_ counts: UnrecordedCounts) { unrecorded = counts }

  mutating func addForeign(_ digest: String, engine: EngineVersion?) {
    if !foreignRevisions.contains(digest) { foreignRevisions.append(digest) }
    if let engine, !foreignEngines.contains(engine) { foreignEngines.append(engine) }
  }

  mutating func add(_ difference: Difference) {
    different += 1
    if firstDifference == nil { firstDifference = difference }
  }
}
