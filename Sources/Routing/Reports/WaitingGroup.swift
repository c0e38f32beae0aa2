/// The waiting contacts of a tenant that wait for the same thing and the same reason.
package struct WaitingGroup: Equatable, Sendable {
  /// What they wait for; nil for waits that only end at a time.
  package var waitlist: Waitlist?
  /// The reason given by the decision or by the core; of a fault without its cause, see `Fault.withoutCause`.
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

  /// What the contacts of a group have in common.
  package struct Kind: Hashable {
    fileprivate let waitlist: Waitlist?
    fileprivate let reason: String
    fileprivate let code: ReasonCode?
  }

  /// Groups of the same kind are merged in reports.
  package var kind: Kind { Kind(waitlist: waitlist, reason: reason, code: code) }

  /// Adds the contacts of another group of the same kind.
  package mutating func merge(_ other: WaitingGroup) {
    contacts += other.contacts
    dueSince = [dueSince, other.dueSince].compactMap(\.self).min()
    let times = [decidedAgain, other.decidedAgain].compactMap(\.self)
    decidedAgain = times.first.map { first in
      times.reduce(first) { min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound) }
    }
    priorities =
      min(priorities.lowerBound, other.priorities.lowerBound)...max(priorities.upperBound, other.priorities.upperBound)
  }

  /// By default of normal priority, and with no times on record.
  package init(
    waitlist: Waitlist?, reason: String, code: ReasonCode? = nil, contacts: Int, dueSince: Instant? = nil,
    decidedAgain: ClosedRange<Instant>? = nil, priorities: ClosedRange<Priority> = .normal ... .normal
  ) {
    (self.waitlist, self.reason, self.code, self.contacts) = (waitlist, reason, code, contacts)
    (self.dueSince, self.decidedAgain, self.priorities) = (dueSince, decidedAgain, priorities)
  }
}
