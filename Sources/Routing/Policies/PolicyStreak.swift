/// The last answers of a revision for a tenant, while there are faults among them, and whether the revision is suspended.
package struct PolicyStreak: Equatable, Sendable {
  /// The answer for one contact.
  package struct Answer: Equatable, Sendable {
    /// The key of an enrolment; for an answer of `enroll` a negative number that stands for the lead.
    package var contact: Int64
    /// Whether the policy failed for the contact.
    package var isFault: Bool

    /// At most one answer of a contact is kept, its last one.
    package init(contact: Int64, isFault: Bool) { (self.contact, self.isFault) = (contact, isFault) }
  }

  /// The policy's name in the tenant's list.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits. A new revision starts without answers.
  package var revision: String
  /// The number of faults among `answers`; 0 for answers that are only kept to judge later ones. For a streak that an
  /// earlier version recorded, whose `answers` are empty, the faults in a row.
  package var faults: Int
  /// The reason of the last fault, as in its decision.
  package var lastFault: String
  /// The code of the last fault; nil if the script wrote its message.
  package var lastFaultCode: ReasonCode?
  /// Since when the revision is suspended, and therefore not evaluated; nil if it is not.
  package var suspendedAt: Instant?
  /// The last answers for different contacts, oldest first. A suspended revision keeps those that led to its suspension.
  package var answers: [Answer] = []
  /// The causes of the last faults: contacts with the values that were read. The last one first, at most `samplesMax`.
  package var samples: [String] = []
  /// When a suspended revision is evaluated again for some contacts; nil if it is not suspended.
  package var probeAt: Instant?
  /// The number of requests to probe it that were followed.
  package var requests = 0

  /// The maximum number of `samples`.
  package static let samplesMax = 3

  /// Not suspended unless a time is given. Without answers, samples and probe.
  package init(
    policy: String, revision: String, faults: Int, lastFault: String, lastFaultCode: ReasonCode? = nil,
    suspendedAt: Instant? = nil
  ) {
    self.policy = policy
    self.revision = revision
    self.faults = faults
    self.lastFault = lastFault
    self.lastFaultCode = lastFaultCode
    self.suspendedAt = suspendedAt
  }

  /// The share of faults as a clause: `60 of its last 100 answers for different contacts were faults`.
  package var share: String { PolicyStreak.share(faults: faults, of: answers.count) }

  /// `count` 0 stands for a streak of an earlier version.
  package static func share(faults: Int, of count: Int) -> String {
    count == 0
      ? "it failed \(faults) times in a row"
      : "\(faults) of its last \(count) answers for different contacts were faults"
  }

  /// Why the revision is suspended, with a sample of the contacts: `60 of …, last with: …; also …, …`.
  package var explanation: String {
    let others = samples.dropFirst().joined(separator: ", ")
    return "\(share), last with: \(lastFault)" + (others.isEmpty ? "" : "; also \(others)")
  }
}
