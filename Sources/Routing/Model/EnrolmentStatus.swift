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

  /// Whether a step is still ahead: `scheduled`, `waiting` or `queued`.
  package var isOpen: Bool { self == .scheduled || self == .waiting || self == .queued }
}
