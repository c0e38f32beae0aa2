import Routing

/// A row of `tenants` as the domain knows it.
package enum TenantRow {
  static let columns = "t.id, t.external_id, t.name, t.time_zone, t.policies, t.params, t.patience_s"

  /// The key of a tenant; nil when the store does not have it. Costs one look-up.
  package static func key(of tenant: TenantID, in db: any SQLConnection) throws -> Int64? {
    try db.value("SELECT id FROM tenants WHERE external_id = ?1", [tenant.text])
  }

  /// The key of a tenant that an operator named. Throws `OperatorError.unknown` when the store does not have it.
  package static func expectKey(of tenant: TenantID, in db: any SQLConnection) throws -> Int64 {
    guard let key = try key(of: tenant, in: db) else { throw OperatorError.unknown(.tenant, id: tenant.text) }
    return key
  }

  /// A list that cannot be read names itself as the policy: no such policy exists, so this tenant waits with the
  /// reason on record, and the others go on (I-47).
  static func tenant(_ row: SQLRow, guards: GuardRows) -> Tenant {
    let policies: String = row["policies"]
    return Tenant(
      key: TenantKey(row["id"]), id: TenantID(stored: row["external_id"]), name: row["name"],
      timeZone: row["time_zone"],
      policies: (try? JSONText.texts(policies, "policies")) ?? [policies],
      parameters: (try? JSONText.parameters(row["params"], "params")) ?? [], guards: guards.of(row["id"]),
      patienceSeconds: row["patience_s"])
  }
}
