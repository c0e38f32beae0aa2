/// A revision as it is on record.
package struct RevisionReport: Equatable, Sendable {
  /// Where it decided, or was tried.
  package struct Use: Equatable, Sendable {
    /// Where the revision was used.
    package var tenant: TenantID
    /// live, canary, shadow or guard.
    package var role: String
    /// The first and the last generation of this role.
    package var generations: ClosedRange<Int>
    /// How it came to the first one.
    package var change: PolicyChange
    /// The tenant's decisions that name the revision, whatever its role was.
    package var decisions: Int
    /// Nil without any decision.
    package var firstDecisionAt: Instant?
    /// Nil without any decision.
    package var lastDecisionAt: Instant?

    /// `decisions` counts those of all roles.
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

  /// What decided, with its source and parameters.
  package var revision: PolicyRevision
  /// When it was first recorded.
  package var createdAt: Instant
  /// By tenant and role; empty for one that never decided.
  package var uses: [Use]

  /// `uses` may be empty: a revision can be on record without having decided.
  package init(revision: PolicyRevision, createdAt: Instant, uses: [Use]) {
    self.revision = revision
    self.createdAt = createdAt
    self.uses = uses
  }
}
