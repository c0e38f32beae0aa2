import Operations
import Policies
import Routing

/// What decides on one side of a simulation: policies that were named, or what is active.
struct SimulatedPolicies {
  let name: String
  /// Nil: the active revisions.
  private let source: PolicyArgument?
  private let catalog: PolicyCatalog

  /// `texts` are what `PolicyArgument` takes; none: what is active.
  init(
    _ texts: [String], option: String, overrides: ParameterOverrides = .none, catalog: PolicyCatalog
  ) throws {
    source =
      texts.isEmpty ? nil : try PolicyArgument(texts, catalog: catalog, option: option, overrides: overrides)
    name = source?.title ?? "active revisions"
    self.catalog = catalog
  }

  /// Throws when a parameter is overridden that no policy of these tenants declares.
  func checkOverrides(for image: StoreImage) throws {
    if let source, !source.overrides.isEmpty { try source.checkOverrides(for: image.tenants.map(\.tenant)) }
  }

  /// New interpreters for one run.
  func lineup(of tenant: Tenant, in image: StoreImage) throws -> CompiledLineup {
    let found = image.tenants.first { $0.tenant.key == tenant.key }
    let active = ActivePolicies.lineup(
      of: tenant, known: KnownPolicies(generation: found?.generation, texts: found?.texts ?? []),
      isPinned: image.isPinned, catalog: catalog)
    guard let source else { return active }
    return CompiledLineup(live: try source.policies(for: tenant), guards: active.guards)
  }
}
