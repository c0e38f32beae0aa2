import Routing

/// Tells a cycle which policies are in use for a tenant: a `PolicyRegistry`, or a fixed set of policies.
package protocol PolicySource {
  /// The tenant's current policies. `last` is the number of its latest generation, 0 before the first. `known` reads the
  /// recorded policies; it is called if that generation differs from the one of the last call.
  func refresh(_ tenant: Tenant, last: Int64, known: () throws -> KnownPolicies) rethrows -> TenantPolicies
}

/// The recorded policies of a tenant.
package struct KnownPolicies {
  /// The latest generation; nil before the first.
  package var generation: PolicyGeneration?
  /// The sources of its files that were accepted or held.
  package var texts: [PolicyText]
  /// The change that made the current live policies live; nil before the first.
  package var liveChange: PolicyChange?

  /// With `liveChange` nil, the generation's own change.
  package init(generation: PolicyGeneration?, texts: [PolicyText] = [], liveChange: PolicyChange? = nil) {
    (self.generation, self.texts) = (generation, texts)
    self.liveChange = liveChange ?? generation?.change
  }

  /// Reads the records of a store.
  package init(of tenant: TenantKey, in snapshot: any StoreSnapshot) throws {
    self.init(
      generation: try snapshot.generation(of: tenant), texts: try snapshot.texts(of: tenant),
      liveChange: try snapshot.liveChange(of: tenant))
  }
}
