import Policies
import Routing
import Sequencing

/// What decides for a tenant now: its active revisions, or before the first cycle what its policies' files say.
enum ActivePolicies {
  static func policies(
    of tenant: Tenant, in snapshot: any StoreSnapshot, catalog: PolicyCatalog
  ) throws -> [CompiledPolicy] {
    let revisions = try snapshot.activeRevisions(of: tenant.key)
    if revisions.isEmpty {
      return PolicyBoard(catalog: catalog).standing(of: tenant, lastGood: { [] }).policies
    }
    let policies = revisions.map(CompiledPolicy.orBroken)
    Cycle.suspend(try snapshot.streaks(of: tenant.key), among: policies)
    return policies
  }
}
