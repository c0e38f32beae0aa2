/// A generation of a tenant's policies beside the one before it: what a log says when it takes effect.
package struct LineupChange: Equatable, Sendable {
  /// A policy without its text.
  package struct Policy: Equatable, Sendable {
    /// As the tenant lists it.
    package var name: String
    /// `sha256:` and 64 hexadecimal digits.
    package var revision: String
    /// False for a file that could never be used: it makes every contact wait.
    package var isUsable: Bool

    /// `isUsable` says whether its revision compiled.
    package init(name: String, revision: String, isUsable: Bool) {
      (self.name, self.revision, self.isUsable) = (name, revision, isUsable)
    }
  }

  /// Policies that have a share of the contacts, in parts of a million.
  package struct Trial: Equatable, Sendable {
    /// 1 to 1,000,000.
    package var share: Int
    /// In the order in which they are asked.
    package var policies: [Policy]

    /// `policies` is never empty.
    package init(share: Int, policies: [Policy]) { (self.share, self.policies) = (share, policies) }
  }

  /// The policies of one generation, each role in the order in which it is asked.
  package struct Lineup: Equatable, Sendable {
    /// Decide for everyone, or for those outside the canary's share.
    package var live: [Policy]
    /// Nil where none runs.
    package var canary: Trial?
    /// Nil where none is compared.
    package var shadow: Trial?
    /// Asked after the policies, whoever decided.
    package var guards: [Policy]

    /// Live policies alone unless given.
    package init(live: [Policy], canary: Trial? = nil, shadow: Trial? = nil, guards: [Policy] = []) {
      (self.live, self.canary, self.shadow, self.guards) = (live, canary, shadow, guards)
    }
  }

  /// Its place among the changes of all tenants.
  package var id: Int64
  /// Whose policies changed.
  package var tenant: TenantID
  /// The number that begins with this change, from 1.
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
