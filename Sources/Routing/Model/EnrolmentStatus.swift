/// The states of a row of `sequence_contacts`. An enrolment is in exactly one of them, with one reason.
package enum EnrolmentStatus: String, CaseIterable, Sendable {
  /// The step is not due yet.
  case scheduled
  /// The step is due, and a decision made it wait; its reason is recorded.
  case waiting
  /// The step has a message that has not been sent yet.
  case queued
  /// All steps are done.
  case completed
  /// The message failed permanently.
  case failed
  /// An operator ended it, or the lead opted out.
  case cancelled

  /// Whether the enrolment continues: `scheduled`, `waiting` or `queued`.
  package var isOpen: Bool { self == .scheduled || self == .waiting || self == .queued }
}
