/// A generation of a tenant's policies beside the one before it: what a log says when it takes effect.
package struct LineupChange: Equatable, Sendable {
  /// A policy without its text.
  package struct Policy: Equatable, Sendable {
    package var name: String
    package var revision: String
    /// False for a file that could never be used: it makes every contact wait.
    package var isUsable: Bool

    package init(name: String, revision: String, isUsable: Bool) {
      (self.name, self.revision, self.isUsable) = (name, revision, isUsable)
    }
  }

  /// Policies that have a share of the contacts, in parts of a million.
  package struct Trial: Equatable, Sendable {
    package var share: Int
    package var policies: [Policy]

    package init(share: Int, policies: [Policy]) { (self.share, self.policies) = (share, policies) }
  }

  /// The policies of one generation, each role in the order in which it is asked.
  package struct Lineup: Equatable, Sendable {
    package var live: [Policy]
    package var canary: Trial?
    package var shadow: Trial?
    package var guards: [Policy]

    package init(live: [Policy], canary: Trial? = nil, shadow: Trial? = nil, guards: [Policy] = []) {
      (self.live, self.canary, self.shadow, self.guards) = (live, canary, shadow, guards)
    }
  }

  /// Its place among the changes of all tenants.
  package var id: Int64
  package var tenant: TenantID
  package var generation: Int64
  package var change: PolicyChange
  /// Nil for a tenant's first generation.
  package var before: Lineup?
  package var after: Lineup

  package init(
    id: Int64, tenant: TenantID, generation: Int64, change: PolicyChange, before: Lineup?, after: Lineup
  ) {
    (self.id, self.tenant, self.generation, self.change) = (id, tenant, generation, change)
    (self.before, self.after) = (before, after)
  }
}
