/// What happens to a lead whose trigger matches a sequence.
package enum EnrolmentChoice: Equatable, Sendable {
  /// The lead is enrolled; without a device the contact is unassigned.
  case enrol(device: DeviceKey?, reason: String)
  /// The trigger is processed again later.
  case wait(until: Instant, reason: String)
  /// The policy failed. The trigger is processed again at the earliest at `until`; see `TriggerTransition.retry`.
  case failed(until: Instant, reason: String)
  /// The trigger is consumed without an enrolment.
  case leaveOut(reason: String)
}

/// The totals of one pass over the open triggers.
package struct EnrolmentCounts: Equatable, Sendable {
  /// Triggers processed.
  package var triggers = 0
  /// Enrolments created.
  package var enrolled = 0
  /// Whether the batch ended before the last open trigger: at its limit, or because `isOver` said so.
  package var hasMore = false
  /// All counts are zero by default.
  package init(triggers: Int = 0, enrolled: Int = 0, hasMore: Bool = false) {
    (self.triggers, self.enrolled, self.hasMore) = (triggers, enrolled, hasMore)
  }
}
