import Routing

extension SQLStore {
  /// Whether a row has exactly this id. Reads only an index; `tenant` nil searches all tenants.
  package func has(_ what: IDKind, _ id: String, of tenant: String?) throws -> Bool {
    let sql =
      what == .tenant
      ? "SELECT 1 FROM tenants WHERE external_id = ?1 AND (external_id = ?2 OR ?2 IS NULL)"
      : """
      SELECT 1 FROM tenants t CROSS JOIN \(what.table) x ON x.tenant_id = t.id AND x.external_id = ?1
      WHERE t.external_id = ?2 OR ?2 IS NULL LIMIT 1
      """
    return try reading { db in try db.value(sql, [id, tenant], as: Int64.self) != nil }
  }

  /// The ids that start with `prefix`, in order, for shell completion. Reads only an index, so a store with millions of
  /// rows answers at once. `tenant` nil searches all tenants.
  package func ids(_ what: IDKind, of tenant: String?, startingWith prefix: String, limit: Int) throws -> [String] {
    // The largest character ends the range, so that only that part of the index is read.
    let (range, end) = ("external_id >= ?1 AND external_id < ?2", prefix + "\u{10FFFF}")
    return try reading { db in
      guard what != .tenant else {
        return try db.values(
          "SELECT external_id FROM tenants WHERE \(range) ORDER BY external_id LIMIT ?3", [prefix, end, limit],
          as: String.self)
      }
      let tenants = try db.values(
        "SELECT id FROM tenants WHERE external_id = ?1 OR ?1 IS NULL ORDER BY id LIMIT ?2", [tenant, limit],
        as: Int64.self)
      var found: [String] = []
      for tenant in tenants where found.count < limit {
        found += try db.values(
          "SELECT external_id FROM \(what.table) WHERE tenant_id = ?4 AND \(range) ORDER BY external_id LIMIT ?3",
          [prefix, end, limit - found.count, tenant], as: String.self)
      }
      return found
    }
  }
}

extension IDKind {
  fileprivate var table: String {
    switch self {
    case .tenant: "tenants"
    case .device: "user_devices"
    case .contact: "sequence_contacts"
    }
  }
}
