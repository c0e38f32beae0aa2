import Policies
import Routing

/// The policies of one side of a simulation: named ones, or the active ones.
package struct SimulatedPolicies {
  /// The name of the side in reports.
  package let name: String
  /// Nil: the active revisions.
  private let source: PolicyArgument?
  private let catalog: PolicyCatalog

  /// `source` nil: each tenant's active revisions. `catalog`: where guards, and policies not active yet, are found.
  package init(_ source: PolicyArgument?, catalog: PolicyCatalog) {
    (self.source, self.catalog) = (source, catalog)
    name = source?.title ?? "active revisions"
  }

  /// Throws if a parameter is overridden that no policy of these tenants declares.
  func checkOverrides(for state: SimulationState) throws {
    if let source, !source.overrides.isEmpty { try source.checkOverrides(for: state.tenants.map(\.tenant)) }
  }

  /// New interpreters for one run.
  func lineup(of tenant: Tenant, in state: SimulationState) throws -> CompiledLineup {
    let found = state.tenants.first { $0.tenant.key == tenant.key }
    let active = ActivePolicies.lineup(
      of: tenant, known: KnownPolicies(generation: found?.generation, texts: found?.texts ?? []),
      isPinned: state.isPinned, catalog: catalog)
    guard let source else { return active }
    return CompiledLineup(live: try source.policies(for: tenant), guards: active.guards)
  }
}
