import Routing

/// Converts a row of `tenants` to a `Tenant`.
package enum TenantRow {
  static let columns = "t.id, t.external_id, t.name, t.time_zone, t.policies, t.params, t.patience_s, t.bulk_share"

  /// The key of a tenant; nil for an unknown one. Costs one lookup.
  package static func key(of tenant: TenantID, in db: any SQLConnection) throws -> Int64? {
    try db.value("SELECT id FROM tenants WHERE external_id = ?1", [tenant.text])
  }

  /// The key of a tenant that an operator named. Throws `OperatorError.unknown` for an unknown one.
  package static func expectKey(of tenant: TenantID, in db: any SQLConnection) throws -> Int64 {
    guard let key = try key(of: tenant, in: db) else { throw OperatorError.unknown(.tenant, id: tenant.text) }
    return key
  }

  /// An unreadable list becomes the name of a policy: since no such policy exists, this tenant waits with the reason on
  /// record, and the others continue (I-47).
  static func tenant(_ row: SQLRow, guards: GuardRows) -> Tenant {
    let policies: String = row["policies"]
    return Tenant(
      key: TenantKey(row["id"]), id: TenantID(stored: row["external_id"]), name: row["name"],
      timeZone: row["time_zone"],
      policies: (try? JSONText.texts(policies, "policies")) ?? [policies],
      parameters: (try? JSONText.parameters(row["params"], "params")) ?? [], guards: guards.of(row["id"]),
      patienceSeconds: row["patience_s"], bulkShare: row["bulk_share"])
  }
}
