/// How often in a row a revision has failed for a tenant, and whether it is suspended.
package struct PolicyStreak: Equatable, Sendable {
  /// The policy's name in the tenant's list.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits. A new revision starts at zero faults.
  package var revision: String
  /// Faults since its last decision without one; at least 1.
  package var faults: Int
  /// The reason of the last fault, as in its decision.
  package var lastFault: String
  /// The code of the last fault; nil if the script wrote its message.
  package var lastFaultCode: ReasonCode?
  /// Since when the revision is suspended, and therefore not evaluated; nil if it is not.
  package var suspendedAt: Instant?

  /// Not suspended unless a time is given.
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
}
