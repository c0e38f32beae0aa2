import Routing

/// A tenant and its live policies.
package struct TenantGeneration: Equatable, Sendable {
  /// The row with its policies and parameters, from the same snapshot as `generation`.
  package let tenant: Tenant
  /// Nil before the tenant's first cycle.
  package let generation: PolicyGeneration?

  /// The number of the last generation; 0 before the first.
  package var last: Int64 { generation?.number ?? 0 }

  /// The generation that a canary or a shadow is compared with. Throws `noLivePolicy` before the first cycle.
  package func expectGeneration() throws -> PolicyGeneration {
    guard let generation, !generation.lineup.live.isEmpty else {
      throw Problem(
        .noLivePolicy,
        "tenant '\(tenant.id)' has no live policies yet: run `usher serve` or `usher tick` once, or activate policies"
      )
    }
    return generation
  }

  /// All tenants by id, or one, from one snapshot. Throws `tenantNotFound`.
  package static func all(in store: any Store, tenant: TenantID?) throws -> [TenantGeneration] {
    let all = try store.read { snapshot in
      try snapshot.tenants().filter { tenant == nil || $0.id == tenant }.map {
        TenantGeneration(tenant: $0, generation: try snapshot.generation(of: $0.key))
      }
    }
    if all.isEmpty, let tenant { try TenantLookup.expect(tenant, in: store) }
    return all
  }
}
