import Policies
import Routing

/// The policies of all tenants: live ones, canaries and shadows, and files that are refused or held.
package struct PolicyList {
  /// Sorted by tenant and position.
  package let policies: [PolicyStatus]
  /// The recorded facts about each tenant's policies.
  package let tenants: [TenantID: KnownPolicies]
  /// Whether the current or last process accepts no edited files.
  package let isPinned: Bool
  /// By revision: the ranges that the sources of live policies declare. Without an entry for a revision without ranges.
  package let ranges: [String: ParameterRanges]
  /// The latest pass over each tenant's waits after a change, open or ended.
  package let wakes: [TenantID: Wake]
  /// The troubles of guards, by guard and tenant.
  package let guards: [GuardTrouble]
  /// How many contacts of a tenant wait for a filter but stand on the fleet's waitlist, because the tenant has too many
  /// filters. Without an entry for a tenant without such contacts.
  package let beyondFilters: [TenantID: Int]

  /// `policies` by tenant and position.
  package init(
    policies: [PolicyStatus], tenants: [TenantID: KnownPolicies], isPinned: Bool,
    ranges: [String: ParameterRanges] = [:],
    wakes: [TenantID: Wake] = [:], guards: [GuardTrouble] = [], beyondFilters: [TenantID: Int] = [:]
  ) {
    (self.policies, self.tenants, self.isPinned, self.ranges, self.wakes) = (policies, tenants, isPinned, ranges, wakes)
    self.guards = guards
    self.beyondFilters = beyondFilters
  }
}

/// Reads the policies of all tenants.
package struct PolicyListQuery {
  /// There is nothing to choose: the list covers all tenants.
  package init() {}

  /// Reads three snapshots, the states of the files and of the guards first. Costs a few look-ups for each policy, a
  /// compilation of each source that declares ranges, and for a tenant with too many filters a walk over the fleet's waitlist.
  ///
  /// A shipped policy that differs from the live revision is held even if no cycle has run since the upgrade that
  /// brought it. `catalog`: the rules folder that cycles of this store read.
  package func run(on store: any Store, catalog: PolicyCatalog) throws -> PolicyList {
    var policies = try store.policyStatuses()
    let guards = try store.guardTroubles()
    return try store.readHistory { snapshot in
      let known = Dictionary(
        try snapshot.tenants().map { ($0.id, try KnownPolicies(of: $0.key, in: snapshot)) },
        uniquingKeysWith: { _, last in last })
      for index in policies.indices {
        let line = policies[index]
        guard line.held == nil, line.refusal == nil, line.isListed, line.revision != nil,
          let known = known[line.tenant],
          let held = TenantPolicies.Held.awaited(of: line.policy, beside: known, in: catalog)
        else { continue }
        (policies[index].held, policies[index].heldCode) = (held.reason, held.code)
      }
      let wakes = try snapshot.wakes(onlyOpen: false)
      let named = try snapshot.tenants().compactMap { tenant in wakes[tenant.key].map { (tenant.id, $0) } }
      let beyond = try snapshot.tenants().compactMap { tenant in
        let count = try snapshot.contactsBeyondFilters(of: tenant.key)
        return count == 0 ? nil : (tenant.id, count)
      }
      return PolicyList(
        policies: policies, tenants: known, isPinned: try snapshot.isPinned(), ranges: ranges(known.values),
        wakes: Dictionary(named, uniquingKeysWith: { _, last in last }), guards: guards,
        beyondFilters: Dictionary(beyond, uniquingKeysWith: { _, last in last }))
    }
  }

  /// Compiles each source once, and only sources that contain the word.
  private func ranges(_ known: some Sequence<KnownPolicies>) -> [String: ParameterRanges] {
    var sources: [String: ParameterRanges] = [:]
    var ranges: [String: ParameterRanges] = [:]
    for revision in known.flatMap({ $0.generation?.lineup.live ?? [] }) where revision.source.contains("ranges") {
      let declared = sources[revision.source] ?? (try? CompiledPolicy(revision))?.ranges ?? ParameterRanges()
      sources[revision.source] = declared
      if !declared.all.isEmpty { ranges[revision.digest] = declared }
    }
    return ranges
  }
}

/// Reads every revision that became live, a canary or a shadow.
package struct PolicyHistoryQuery {
  private let tenant: TenantID?

  /// `tenant` nil: of all tenants.
  package init(tenant: TenantID?) { self.tenant = tenant }

  /// Sorted by tenant and generation, the latest last. Throws `tenantNotFound`. Costs a walk over the activations.
  package func run(on store: any Store) throws -> [PolicyActivation] {
    if let tenant { try TenantLookup.expect(tenant, in: store) }
    return try store.policyHistory(tenant: tenant)
  }
}
