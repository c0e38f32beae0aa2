import Policies
import Routing
import Sequencing

/// What the next cycle decides with for a tenant: its active revisions, or, before the first cycle and when the tenant lists
/// other policies since the last one, what those policies' files say.
enum ActivePolicies {
  static func lineup(
    of tenant: Tenant, in snapshot: any StoreSnapshot, catalog: PolicyCatalog
  ) throws -> CompiledLineup {
    let known = try KnownPolicies(of: tenant.key, in: snapshot)
    let lineup = lineup(of: tenant, known: known, isPinned: try snapshot.isPinned(), catalog: catalog)
    Cycle.suspend(try snapshot.streaks(of: tenant.key), among: lineup.deciding)
    return lineup
  }

  /// `isPinned`: the process that leads takes no edited list.
  static func lineup(
    of tenant: Tenant, known: KnownPolicies, isPinned: Bool, catalog: PolicyCatalog
  ) -> CompiledLineup {
    if let lineup = known.generation?.lineup, !lineup.live.isEmpty,
      isPinned || lineup.live.map(\.policy) == tenant.policies.map(listed)
    {
      return CompiledLineup(lineup)
    }
    let last = known.generation?.number ?? 0
    return PolicyBoard(catalog: catalog).standing(of: tenant, last: last, known: { known }).lineup
  }

  /// The name that revisions of a listed policy carry.
  private static func listed(_ name: String) -> String { name.hasSuffix(".lua") ? String(name.dropLast(4)) : name }
}
