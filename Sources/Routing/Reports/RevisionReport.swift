/// A revision as it is on record.
package struct RevisionReport: Equatable, Sendable {
  /// Where it decided, or was tried.
  package struct Use: Equatable, Sendable {
    package var tenant: TenantID
    /// live, canary, shadow or guard.
    package var role: String
    /// The first and the last generation of this role.
    package var generations: ClosedRange<Int>
    /// How it came to the first one.
    package var change: PolicyChange
    /// The tenant's decisions that name the revision, whatever its role was.
    package var decisions: Int
    package var firstDecisionAt: Instant?
    package var lastDecisionAt: Instant?

    package init(
      tenant: TenantID, role: String, generations: ClosedRange<Int>, change: PolicyChange, decisions: Int,
      firstDecisionAt: Instant? = nil, lastDecisionAt: Instant? = nil
    ) {
      self.tenant = tenant
      self.role = role
      self.generations = generations
      self.change = change
      self.decisions = decisions
      self.firstDecisionAt = firstDecisionAt
      self.lastDecisionAt = lastDecisionAt
    }
  }

  package var revision: PolicyRevision
  package var createdAt: Instant
  package var uses: [Use]

  package init(revision: PolicyRevision, createdAt: Instant, uses: [Use]) {
    self.revision = revision
    self.createdAt = createdAt
    self.uses = uses
  }
}
