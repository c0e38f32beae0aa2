/// A generation of a tenant's policies and the one before it, for the log entry written when it takes effect.
package struct LineupChange: Equatable, Sendable {
  /// A policy without its source.
  package struct Policy: Equatable, Sendable {
    /// The policy's name in the tenant's list.
    package var name: String
    /// `sha256:` and 64 hexadecimal digits.
    package var revision: String
    /// False for a file that never compiled: it makes every contact wait.
    package var isUsable: Bool

    /// `isUsable` is whether its revision compiled.
    package init(name: String, revision: String, isUsable: Bool) {
      (self.name, self.revision, self.isUsable) = (name, revision, isUsable)
    }
  }

  /// Policies with a share of the contacts, in parts per million.
  package struct Trial: Equatable, Sendable {
    /// 1 to 1,000,000.
    package var share: Int
    /// In evaluation order.
    package var policies: [Policy]

    /// `policies` is never empty.
    package init(share: Int, policies: [Policy]) { (self.share, self.policies) = (share, policies) }
  }

  /// The policies of one generation by role, each in evaluation order.
  package struct Lineup: Equatable, Sendable {
    /// Decide for all contacts, or for those outside the canary's share.
    package var live: [Policy]
    /// Nil without a canary.
    package var canary: Trial?
    /// Nil without a shadow.
    package var shadow: Trial?
    /// Evaluated after the policies of either side.
    package var guards: [Policy]

    /// By default only live policies.
    package init(live: [Policy], canary: Trial? = nil, shadow: Trial? = nil, guards: [Policy] = []) {
      (self.live, self.canary, self.shadow, self.guards) = (live, canary, shadow, guards)
    }
  }

  /// The change's number in the sequence of changes of all tenants.
  package var id: Int64
  /// The tenant whose policies changed.
  package var tenant: TenantID
  /// The number of the generation that begins, from 1.
  package var generation: Int64
  /// Who changed them, when and why.
  package var change: PolicyChange
  /// Nil for a tenant's first generation.
  package var before: Lineup?
  /// The line-up of `generation`.
  package var after: Lineup

  /// `before` is the line-up of the tenant's previous generation.
  package init(
    id: Int64, tenant: TenantID, generation: Int64, change: PolicyChange, before: Lineup?, after: Lineup
  ) {
    (self.id, self.tenant, self.generation, self.change) = (id, tenant, generation, change)
    (self.before, self.after) = (before, after)
  }
}
