internal import GRDB
import Routing

extension SQLiteStore {
  /// What has ids that people type.
  package enum Named {
    case tenant, device, contact

    fileprivate var table: String {
      switch self {
      case .tenant: "tenants"
      case .device: "user_devices"
      case .contact: "sequence_contacts"
      }
    }
  }

  /// Whether something has exactly this id. By an index alone; `tenant` nil: of all tenants.
  package func has(_ what: Named, _ id: String, of tenant: String?) throws -> Bool {
    let sql =
      what == .tenant
      ? "SELECT EXISTS (SELECT 1 FROM tenants WHERE external_id = ?1 AND (?2 IS NULL OR external_id = ?2))"
      : """
      SELECT EXISTS (
        SELECT 1 FROM tenants t CROSS JOIN \(what.table) x ON x.tenant_id = t.id AND x.external_id = ?1
        WHERE ?2 IS NULL OR t.external_id = ?2)
      """
    return try reading { try Bool.fetchOne($0, sql: sql, arguments: [id, tenant]) ?? false }
  }

  /// Ids that begin with a text, in their order: for a shell that completes them. By an index alone, so that a store of
  /// millions answers at once. `tenant` nil: of all tenants.
  package func ids(_ what: Named, of tenant: String?, startingWith prefix: String, limit: Int) throws -> [String] {
    // The largest character ends the range, so that the index is read from its begin to its end.
    let range = "external_id >= ?1 AND external_id < ?1 || char(0x10FFFF)"
    return try reading { db in
      guard what != .tenant else {
        return try String.fetchAll(
          db, sql: "SELECT external_id FROM tenants WHERE \(range) ORDER BY external_id LIMIT ?2",
          arguments: [prefix, limit])
      }
      let tenants = try Int64.fetchAll(
        db, sql: "SELECT id FROM tenants WHERE ?1 IS NULL OR external_id = ?1 ORDER BY id LIMIT ?2",
        arguments: [tenant, limit])
      var found: [String] = []
      for tenant in tenants where found.count < limit {
        found += try String.fetchAll(
          db,
          sql: "SELECT external_id FROM \(what.table) WHERE tenant_id = ?3 AND \(range) ORDER BY external_id LIMIT ?2",
          arguments: [prefix, limit - found.count, tenant])
      }
      return found
    }
  }
}
