/// The start of a revision in a role, as a line of the history.
package struct PolicyActivation: Equatable, Sendable {
  /// The tenant that the revision decides for.
  package var tenant: TenantID
  /// The tenant's generation in which it began, from 1.
  package var generation: Int
  /// live, canary or shadow. Guards belong to no tenant and are listed separately.
  package var role: String
  /// From 1, in evaluation order within the role.
  package var position: Int
  /// The policy's name in the tenant's list.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits.
  package var revision: String
  /// When the revision began in this role.
  package var at: Instant
  /// The share of a canary or a shadow, in parts per million.
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
