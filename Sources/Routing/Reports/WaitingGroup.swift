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
  /// How many of them are served in their turn, by priority. Those of inactive sequences are not: they are passed over.
  package var served: [Priority: Int]

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
    served.merge(other.served, uniquingKeysWith: +)
  }

  /// By default all of normal priority and of active sequences, and with no times on record.
  package init(
    waitlist: Waitlist?, reason: String, code: ReasonCode? = nil, contacts: Int, dueSince: Instant? = nil,
    decidedAgain: ClosedRange<Instant>? = nil, served: [Priority: Int]? = nil
  ) {
    (self.waitlist, self.reason, self.code, self.contacts) = (waitlist, reason, code, contacts)
    (self.dueSince, self.decidedAgain, self.served) = (dueSince, decidedAgain, served ?? [.normal: contacts])
  }
}
