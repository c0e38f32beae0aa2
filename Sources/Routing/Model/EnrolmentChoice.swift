/// What becomes of a lead whose trigger matched a sequence.
package enum EnrolmentChoice: Equatable, Sendable {
  /// Enrolled; nil leaves the contact unassigned.
  case enrol(device: DeviceKey?, reason: String)
  /// The trigger is looked at again later.
  case wait(until: Instant, reason: String)
  /// The trigger is consumed and nothing is enrolled.
  case leaveOut(reason: String)
}

/// The sums of one look at the open triggers.
package struct EnrolmentCounts: Equatable, Sendable {
  /// Triggers looked at.
  package var triggers = 0
  /// Enrolments made.
  package var enrolled = 0
  /// Zeros unless given.
  package init(triggers: Int = 0, enrolled: Int = 0) { (self.triggers, self.enrolled) = (triggers, enrolled) }
}
