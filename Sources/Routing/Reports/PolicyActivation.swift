/// A revision that began to decide, or to be tried.
package struct PolicyActivation: Equatable, Sendable {
  /// The tenant that it decides for.
  package var tenant: TenantID
  /// The tenant's generation in which it began, from 1.
  package var generation: Int
  /// live, canary or shadow: guards are no tenant's, and have a list of their own.
  package var role: String
  /// From 1, in the order in which the role's policies are asked.
  package var position: Int
  /// As the tenant lists it.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits.
  package var revision: String
  /// When it began.
  package var at: Instant
  /// Of a canary or a shadow.
  package var share: Int?
  /// Who began the generation, and why.
  package var change: PolicyChange

  /// `share` is nil for a live policy.
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
