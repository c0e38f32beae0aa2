/// What one batch of decisions came to; the parts add up to `decided`.
package struct DecisionCounts: Equatable, Sendable {
  /// Steps looked at, those included that no policy was asked about.
  package var decided = 0
  /// A message was queued: `use` and `move`.
  package var queued = 0
  /// The step is looked at again later.
  package var waiting = 0
  /// The step was left out.
  package var skipped = 0
  /// The enrolment ended, as the lead opted out.
  package var cancelled = 0
  /// Of the waiting ones, those that wait because of a fault.
  package var faults = 0

  /// Zeros unless given.
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
