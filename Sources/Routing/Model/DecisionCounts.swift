/// The results of one batch of decisions; the outcomes add up to `decided`.
package struct DecisionCounts: Equatable, Sendable {
  /// Steps processed, including those decided without evaluating a policy.
  package var decided = 0
  /// Steps for which a message was queued: `use` and `move`.
  package var queued = 0
  /// Steps to be decided again later.
  package var waiting = 0
  /// Steps skipped.
  package var skipped = 0
  /// Enrolments that ended because the lead opted out.
  package var cancelled = 0
  /// The part of `waiting` that is due to a fault.
  package var faults = 0

  /// All counts are zero by default.
  package init(
    decided: Int = 0, queued: Int = 0, waiting: Int = 0, skipped: Int = 0, cancelled: Int = 0, faults: Int = 0
  ) {
    self.decided = decided
    self.queued = queued
    self.waiting = waiting
    self.skipped = skipped
    self.cancelled = cancelled
    self.faults = faults
  }

  package static func += (a: inout DecisionCounts, b: DecisionCounts) {
    a.decided += b.decided
    a.queued += b.queued
    a.waiting += b.waiting
    a.skipped += b.skipped
    a.cancelled += b.cancelled
    a.faults += b.faults
  }
}
