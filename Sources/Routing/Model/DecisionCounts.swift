/// What one batch of decisions came to; the parts add up to `decided`.
package struct DecisionCounts: Equatable, Sendable {
  package var decided = 0
  package var queued = 0
  package var waiting = 0
  package var skipped = 0
  package var cancelled = 0
  /// Of the waiting ones, those that wait because of a fault.
  package var faults = 0

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
