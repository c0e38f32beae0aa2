/// The waiting contacts of a tenant that wait for the same thing and the same reason.
package struct WaitingGroup: Equatable, Sendable {
  /// What they wait for; nil for waits that only end at a time.
  package var waitlist: Waitlist?
  /// The reason given by the decision or by the core.
  package var reason: String
  /// The code of the reason; nil if a script wrote it.
  package var code: ReasonCode?
  /// Their number; at least 1.
  package var contacts: Int
  /// When the step of the oldest became due; nil if that is not on record.
  package var dueSince: Instant?
  /// When the first and the last of them are decided again at the latest; nil if that is not on record.
  package var decidedAgain: ClosedRange<Instant>?
  /// Their most and their least urgent priority.
  package var priorities: ClosedRange<Priority>

  /// By default of normal priority, and with no times on record.
  package init(
    waitlist: Waitlist?, reason: String, code: ReasonCode? = nil, contacts: Int, dueSince: Instant? = nil,
    decidedAgain: ClosedRange<Instant>? = nil, priorities: ClosedRange<Priority> = .normal ... .normal
  ) {
    (self.waitlist, self.reason, self.code, self.contacts) = (waitlist, reason, code, contacts)
    (self.dueSince, self.decidedAgain, self.priorities) = (dueSince, decidedAgain, priorities)
  }
}
