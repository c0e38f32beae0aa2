import Routing

/// A tenant's canary and its live policies, counted since the canary got its present share.
package struct CanaryStatus: Equatable, Sendable {
  /// Whose canary it is.
  package let tenant: TenantID
  /// The generation that is counted.
  package let generation: Int64
  /// Its share, revisions and rollback limits.
  package let canary: PolicyTrial
  /// The counts of both sides in `generation`.
  package let tallies: CanaryTallies

  /// `tallies`: those of `generation`.
  package init(tenant: TenantID, generation: Int64, canary: PolicyTrial, tallies: CanaryTallies) {
    (self.tenant, self.generation, self.canary, self.tallies) = (tenant, generation, canary, tallies)
  }
}

/// Reads how the running canaries compare with the live policies.
package struct CanariesQuery {
  private let tenant: TenantID?

  /// `tenant` nil: of all tenants.
  package init(tenant: TenantID?) { self.tenant = tenant }

  /// Sorted by tenant; empty if no canary runs. Throws `tenantNotFound`.
  package func run(on store: any Store) throws -> [CanaryStatus] {
    try TenantGeneration.all(in: store, tenant: tenant).compactMap { current in
      guard let generation = current.generation, let canary = generation.lineup.canary else { return nil }
      return CanaryStatus(
        tenant: current.tenant.id, generation: generation.number, canary: canary,
        tallies: try store.read { try $0.canaryTallies(of: current.tenant.key, in: generation.number) })
    }
  }
}
