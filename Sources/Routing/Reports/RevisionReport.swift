/// A recorded revision and its uses.
package struct RevisionReport: Equatable, Sendable {
  /// A tenant and a role in which the revision was used.
  package struct Use: Equatable, Sendable {
    /// The tenant concerned.
    package var tenant: TenantID
    /// live, canary, shadow or guard.
    package var role: String
    /// The first and last generation in which it had this role.
    package var generations: ClosedRange<Int>
    /// The change that began the first one.
    package var change: PolicyChange
    /// The tenant's decisions by this revision, in any role.
    package var decisions: Int
    /// Nil without decisions.
    package var firstDecisionAt: Instant?
    /// Nil without decisions.
    package var lastDecisionAt: Instant?

    /// `decisions` counts all roles.
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

  /// The revision, with its source and parameters.
  package var revision: PolicyRevision
  /// When it was first recorded.
  package var createdAt: Instant
  /// Sorted by tenant and role; empty if it was never used.
  package var uses: [Use]

  /// `uses` may be empty: a revision can be recorded without having been used.
  package init(revision: PolicyRevision, createdAt: Instant, uses: [Use]) {
    self.revision = revision
    self.createdAt = createdAt
    self.uses = uses
  }
}
