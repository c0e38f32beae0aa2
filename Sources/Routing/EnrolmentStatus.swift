/// The states of a row of `sequence_contacts`. Every enrolment step is in exactly one, with one reason.
package enum EnrolmentStatus: String, CaseIterable, Sendable {
  /// The step's time has not come.
  case scheduled
  /// The step is due, was decided, and waits, for a reason on record.
  case waiting
  /// A message carries the step.
  case queued
  /// No step is left.
  case completed
  /// The message failed for good.
  case failed
  /// Stopped by an operator or because the lead opted out.
  case cancelled

  package var isOpen: Bool { self == .scheduled || self == .waiting || self == .queued }
}

/// Where an enrolment goes when a step is done: the one place that says so (I-26).
package enum EnrolmentProgress: Equatable, Sendable {
  /// The step becomes due its delay after the step before it was done (I-32).
  case nextStep(number: Int, dueAt: Instant)
  case completed(at: Instant)

  /// `nextDelayMilliseconds` is nil after the last step.
  package static func after(step: Int, doneAt: Instant, nextDelayMilliseconds: Int64?) -> EnrolmentProgress {
    guard let delay = nextDelayMilliseconds else { return .completed(at: doneAt) }
    return .nextStep(number: step + 1, dueAt: doneAt.advanced(byMilliseconds: delay))
  }
}
