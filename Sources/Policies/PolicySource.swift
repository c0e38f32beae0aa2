import Routing

/// Where a cycle learns which policies decide for a tenant: a `PolicyRegistry`, or policies that are settled beforehand.
package protocol PolicySource {
  /// The tenant's policies as of now. `last` is the number of its last generation, 0 before the first; `known` gives
  /// what is on record, and is asked for when that generation is not the one of the last call.
  func refresh(_ tenant: Tenant, last: Int64, known: () throws -> KnownPolicies) rethrows -> TenantPolicies
}

/// What is on record of a tenant's policies.
package struct KnownPolicies {
  /// The last one begun; nil before the first.
  package var generation: PolicyGeneration?
  /// Texts of its files that were dealt with.
  package var texts: [PolicyText]
  /// The change that made the live policies what they are; nil before the first.
  package var liveChange: PolicyChange?

  /// `liveChange`: nil stands for the generation's own.
  package init(generation: PolicyGeneration?, texts: [PolicyText] = [], liveChange: PolicyChange? = nil) {
    (self.generation, self.texts) = (generation, texts)
    self.liveChange = liveChange ?? generation?.change
  }

  /// As a store has it.
  package init(of tenant: TenantKey, in snapshot: any StoreSnapshot) throws {
    self.init(
      generation: try snapshot.generation(of: tenant), texts: try snapshot.texts(of: tenant),
      liveChange: try snapshot.liveChange(of: tenant))
  }
}
