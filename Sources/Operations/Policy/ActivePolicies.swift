import Policies
import PolicyTesting
import Routing
import Sequencing

/// The policies with which the next cycle decides for a tenant: its active revisions, or, before the first cycle and after a
/// change of the tenant's list, the policies in the files of that list.
package enum ActivePolicies {
  /// The compiled line-up, with suspended policies marked. Throws the errors of reading the store. A policy file that
  /// cannot be used becomes a broken policy of the line-up.
  package static func lineup(
    of tenant: Tenant, in snapshot: any StoreSnapshot, catalog: PolicyCatalog
  ) throws -> CompiledLineup {
    let known = try KnownPolicies(of: tenant.key, in: snapshot)
    let lineup = lineup(of: tenant, known: known, isPinned: try snapshot.isPinned(), catalog: catalog)
    Cycle.suspend(try snapshot.streaks(of: tenant.key), among: lineup.deciding)
    return lineup
  }

  /// The line-up from data that was already read, without suspensions. Reads policy files only if they may be used.
  /// `isPinned`: the process that leads ignores edited lists.
  package static func lineup(
    of tenant: Tenant, known: KnownPolicies, isPinned: Bool, catalog: PolicyCatalog
  ) -> CompiledLineup {
    if let lineup = known.generation?.lineup, !lineup.live.isEmpty,
      isPinned || lineup.live.map(\.policy) == tenant.policies.map(listed), let guards = guards(lineup, of: tenant)
    {
      var compiled = CompiledLineup(lineup)
      compiled.guards = guards
      return compiled
    }
    let last = known.generation?.number ?? 0
    return PolicyRegistry(catalog: catalog, acceptance: StandardAcceptance()).refresh(
      tenant, last: last, known: { known }
    ).lineup
  }

  /// The guards that the next cycle evaluates for a tenant, for policies that are tried instead of the live ones.
  package static func guards(
    of tenant: Tenant, in snapshot: any StoreSnapshot, catalog: PolicyCatalog
  ) throws -> [CompiledPolicy] {
    let known = try KnownPolicies(of: tenant.key, in: snapshot)
    return lineup(of: tenant, known: known, isPinned: try snapshot.isPinned(), catalog: catalog).guards
  }

  /// The recorded guards, if they are the ones on the operator's present list, with the same parameters.
  private static func guards(_ lineup: PolicyLineup, of tenant: Tenant) -> [CompiledPolicy]? {
    guard lineup.guards.map(\.policy) == tenant.guards.map({ PolicyCatalog.guardFolder + $0.name }) else { return nil }
    var guards: [CompiledPolicy] = []
    for (revision, setting) in zip(lineup.guards, tenant.guards) {
      let entry = PolicyCatalog.Entry(
        name: revision.policy, path: nil, source: Array(revision.source.utf8), cases: nil)
      let compiled = CompiledPolicy.orBroken(entry, parameters: setting.parameters, kind: .guard)
      guard compiled.revision.isSame(as: revision) else { return nil }
      guards.append(CompiledPolicy.onRecord(revision, kind: .guard))
    }
    return guards
  }

  /// The name that revisions of a listed policy carry.
  private static func listed(_ name: String) -> String { name.hasSuffix(".lua") ? String(name.dropLast(4)) : name }
}
