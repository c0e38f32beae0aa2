import Policies
import Routing

/// What came of making decisions on record again. The parts add up to `decisions`.
package struct ReplayReport: Sendable {
  /// A decision that came out otherwise.
  package struct Difference: Sendable {
    /// Whose decision it is.
    package let tenant: TenantID
    /// As commands name it.
    package let contact: ContactID
    /// The decision's number.
    package let decision: Int64
    /// When it was made.
    package let at: Instant
    /// As the record has it.
    package let recorded: DecideAnswer
    /// As it comes out now.
    package let replayed: DecideAnswer
  }

  /// Came out byte for byte as they are on record.
  package private(set) var identical = 0
  /// Came out otherwise, in any part of the answer.
  package private(set) var different = 0
  /// No script was run, then as now: the policy was suspended, or its file could not be used.
  package private(set) var notAsked = 0
  /// A script met the limit of its time, then or now: that depends on the machine, and proves nothing.
  package private(set) var timeouts = 0
  /// Nothing can make them again.
  package private(set) var unrecorded = UnrecordedCounts()
  /// The first of those that differ, tenant by tenant.
  package private(set) var firstDifference: Difference?
  /// Digests of revisions on record that this engine makes none of: another engine or Lua decided, or what is on record
  /// of them was changed. In the order in which they were met.
  package private(set) var foreignRevisions: [String] = []

  /// All that the filter names, those without a record too.
  package var decisions: Int { replayed + unrecorded.byPolicies + unrecorded.byOperators + unrecorded.archived }
  /// Of them, those that were looked at one by one.
  package var replayed: Int { identical + different + notAsked + timeouts }

  mutating func addIdentical() { identical += 1 }
  mutating func addNotAsked() { notAsked += 1 }
  mutating func addTimeout() { timeouts += 1 }
  mutating func add(_ counts: UnrecordedCounts) { unrecorded = counts }

  mutating func addForeign(_ digest: String) {
    if !foreignRevisions.contains(digest) { foreignRevisions.append(digest) }
  }

  mutating func add(_ difference: Difference) {
    different += 1
    if firstDifference == nil { firstDifference = difference }
  }
}
