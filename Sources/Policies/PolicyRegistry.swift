import Routing

/// Each tenant's policies, kept current with their files and with what operators activate.
///
/// `refresh` runs once for each tenant and cycle. A file that changed is checked, compiled and run against its cases, and
/// then accepted or refused. After a refusal the last good revision stays live. A source that was accepted or rolled back
/// before is held: a rolled-back policy does not return by itself. A shipped source is accepted only where no policy is
/// live under its name, so removing a file or upgrading the program changes nothing. Not safe for use from two threads at
/// once.
package final class PolicyRegistry: PolicySource {
  private let catalog: PolicyCatalog
  private let acceptance: any PolicyAcceptance
  private let limits: SandboxLimitsOption
  private let isPinned: Bool
  private var tenants: [TenantKey: TenantPolicyState] = [:]
  private let guardRegistry: GuardRegistry

  /// `acceptance` determines whether a new or changed file may be used. With `isPinned`, files are used only for a tenant
  /// without recorded policies.
  package init(
    catalog: PolicyCatalog, acceptance: any PolicyAcceptance, limits: SandboxLimitsOption = .standard,
    isPinned: Bool = false
  ) {
    (self.catalog, self.acceptance, self.limits, self.isPinned) = (catalog, acceptance, limits, isPinned)
    guardRegistry = GuardRegistry(catalog: catalog, acceptance: acceptance, limits: limits)
  }

  /// Compiles only what has changed since the last call for the tenant. Rethrows errors of `known`.
  package func refresh(
    _ tenant: Tenant, last: Int64, known: () throws -> KnownPolicies
  ) rethrows -> TenantPolicies {
    let tenantState = tenants[tenant.key] ?? TenantPolicyState(catalog: catalog, acceptance: acceptance, limits: limits)
    if tenantState.last != last { tenantState.learn(try known(), last: last) }
    tenants[tenant.key] = tenantState
    return tenantState.refresh(tenant, isPinned: isPinned, guardRegistry: guardRegistry)
  }

  /// The policies of a tenant without recorded policies.
  package func refresh(_ tenant: Tenant) -> TenantPolicies {
    refresh(tenant, last: 0, known: { KnownPolicies(generation: nil) })
  }
}
