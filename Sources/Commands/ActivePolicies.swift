import Policies
import Routing
import Sequencing

/// What the next cycle decides with for a tenant: its active revisions, or, before the first cycle and when the tenant lists
/// other policies since the last one, what those policies' files say.
enum ActivePolicies {
  static func policies(
    of tenant: Tenant, in snapshot: any StoreSnapshot, catalog: PolicyCatalog
  ) throws -> [CompiledPolicy] {
    let revisions = try snapshot.activeRevisions(of: tenant.key)
    guard decide(revisions, for: tenant) else {
      return PolicyBoard(catalog: catalog).standing(of: tenant, lastGood: { revisions }).policies
    }
    let policies = revisions.map(CompiledPolicy.orBroken)
    Cycle.suspend(try snapshot.streaks(of: tenant.key), among: policies)
    return policies
  }

  /// Whether these revisions are of the policies that the tenant lists.
  static func decide(_ revisions: [PolicyRevision], for tenant: Tenant) -> Bool {
    let listed = tenant.policies.map { $0.hasSuffix(".lua") ? String($0.dropLast(4)) : $0 }
    return revisions.map(\.policy) == listed
  }
}
