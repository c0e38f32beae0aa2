import Routing

/// What one cycle did.
package struct CycleReport: Equatable, Sendable {
  package var now: Instant
  package var enrolled = 0
  /// The sum of `queued`, `waiting`, `skipped` and `cancelled`.
  package var decided = 0
  package var queued = 0
  package var waiting = 0
  package var skipped = 0
  /// Enrolments that ended because the lead opted out.
  package var cancelled = 0
  package var sent = 0
  package var returned = 0
  package var failed = 0
  /// Decisions that wait because a policy failed.
  package var faults = 0

  package init(now: Instant) { self.now = now }

  package mutating func add(_ counts: DecisionCounts) {
    decided += counts.decided
    queued += counts.queued
    waiting += counts.waiting
    skipped += counts.skipped
    cancelled += counts.cancelled
    faults += counts.faults
  }

  package mutating func add(_ counts: SendCounts) {
    sent += counts.sent
    returned += counts.returned
    failed += counts.failed + counts.unknown
  }
}
