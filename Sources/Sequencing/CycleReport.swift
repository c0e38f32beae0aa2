import Routing

/// What one cycle did.
package struct CycleReport: Equatable, Sendable {
  /// The time for which the cycle decided.
  package var now: Instant
  /// Enrolments created from triggers.
  package var enrolled = 0
  /// The sum of `queued`, `waiting`, `skipped` and `cancelled`.
  package var decided = 0
  /// Decisions that queued a message.
  package var queued = 0
  /// Decisions to wait, including faults.
  package var waiting = 0
  /// Decisions to skip a step.
  package var skipped = 0
  /// Enrolments that ended because the lead opted out.
  package var cancelled = 0
  /// Messages that gateways accepted.
  package var sent = 0
  /// Messages returned to their queue unsent.
  package var returned = 0
  /// Messages that were refused or whose result is unknown.
  package var failed = 0
  /// Decisions that wait because a policy failed.
  package var faults = 0
  /// Whether the time of the cycle ended before the work: the next cycle should begin at once.
  package var isUnfinished = false

  /// All counts start at zero.
  package init(now: Instant) { self.now = now }

  /// Adds one batch of decisions.
  package mutating func add(_ counts: DecisionCounts) {
    decided += counts.decided
    queued += counts.queued
    waiting += counts.waiting
    skipped += counts.skipped
    cancelled += counts.cancelled
    faults += counts.faults
  }

  /// Adds one batch of sends; unknown results count as `failed`.
  package mutating func add(_ counts: SendCounts) {
    sent += counts.sent
    returned += counts.returned
    failed += counts.failed + counts.unknown
  }
}
