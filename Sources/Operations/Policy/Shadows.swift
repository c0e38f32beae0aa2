import Routing

/// A tenant's shadow, and how its verdicts compare with the live decisions.
package struct ShadowStatus: Equatable, Sendable {
  /// Whose shadow it is.
  package let tenant: TenantID
  /// Its share and revisions.
  package let shadow: PolicyTrial
  /// Counts and differences over all generations that the shadow has been part of.
  package let report: ShadowReport

  /// `report`: of this shadow.
  package init(tenant: TenantID, shadow: PolicyTrial, report: ShadowReport) {
    (self.tenant, self.shadow, self.report) = (tenant, shadow, report)
  }
}

/// Reads how the running shadows compare with the live policies.
package struct ShadowsQuery {
  private let tenant: TenantID?

  /// `tenant` nil: of all tenants.
  package init(tenant: TenantID?) { self.tenant = tenant }

  /// Sorted by tenant. Throws `tenantNotFound`, and `stateConflict` where no shadow runs. Costs a walk over the rows that the
  /// shadows wrote.
  package func run(on store: any Store) throws -> [ShadowStatus] {
    let found = try TenantGeneration.all(in: store, tenant: tenant).compactMap { current -> ShadowStatus? in
      guard let shadow = current.generation?.lineup.shadow else { return nil }
      return ShadowStatus(
        tenant: current.tenant.id, shadow: shadow,
        report: try store.shadowReport(of: current.tenant.key, since: shadow.since))
    }
    if found.isEmpty { throw StopShadow.noShadow }
    return found
  }
}

/// Stops shadows; their counts stay recorded.
package struct StopShadow {
  fileprivate static let noShadow = Problem(
    .stateConflict, "no shadow is running; `usher policy activate --shadow` starts one")

  private let scope: TenantScope

  /// Tenants of the scope without a shadow do not change.
  package init(scope: TenantScope) { self.scope = scope }

  /// Stops the shadows of all tenants of the scope or none. Throws `stateConflict` if no shadow runs, and the errors of
  /// consent.
  package func run(on store: any Store, by note: OperatorNote) throws -> [PolicyChangeResult] {
    let changer = PolicyChanger(store: store, scope: scope, note: note, isDry: false)
    let changes = try changer.apply { current in
      guard let generation = current.generation, let shadow = generation.lineup.shadow else { return nil }
      let change = changer.change(.stop, origin: "shadow of generation \(shadow.since)")
      return .editing(current, generation, change) { $0.shadow = nil }
    }
    if changes.isEmpty { throw StopShadow.noShadow }
    return changes
  }
}
