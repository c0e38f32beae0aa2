/// How often a revision has failed in a row for a tenant, and whether it may go on.
package struct PolicyStreak: Equatable, Sendable {
  /// The policy's name as the tenant lists it.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits. A new revision begins anew.
  package var revision: String
  /// Faults since its last decision without one; at least 1.
  package var faults: Int
  /// The last fault: its reason, as decisions carry it.
  package var lastFault: String
  /// Since when the revision is not asked any more; nil while it is.
  package var suspendedAt: Instant?

  /// Not suspended unless a time is given.
  package init(policy: String, revision: String, faults: Int, lastFault: String, suspendedAt: Instant? = nil) {
    self.policy = policy
    self.revision = revision
    self.faults = faults
    self.lastFault = lastFault
    self.suspendedAt = suspendedAt
  }
}
