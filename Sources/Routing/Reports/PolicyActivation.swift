/// A revision that began to decide, or to be tried.
package struct PolicyActivation: Equatable, Sendable {
  package var tenant: TenantID
  package var generation: Int
  /// live, canary or shadow: guards are no tenant's, and have a list of their own.
  package var role: String
  package var position: Int
  package var policy: String
  package var revision: String
  package var at: Instant
  /// Of a canary or a shadow.
  package var share: Int?
  package var change: PolicyChange

  package init(
    tenant: TenantID, generation: Int, role: String, position: Int, policy: String, revision: String, at: Instant,
    share: Int? = nil, change: PolicyChange
  ) {
    self.tenant = tenant
    self.generation = generation
    self.role = role
    self.position = position
    self.policy = policy
    self.revision = revision
    self.at = at
    self.share = share
    self.change = change
  }
}
