import Routing

/// The extent of a store's records: whether a time is past, and what is known about it.
struct PastRecord {
  private let db: any SQLConnection

  init(_ db: any SQLConnection) { self.db = db }

  /// Whether anything happened after `moment`, so that current rows may differ from their state then.
  ///
  /// Considers cycles, operators' commands and holds. Rows imported later count by the times they carry. Reads the end
  /// of each table, and walks over the holds and over the audit lines since then.
  func isPast(_ moment: Instant) throws -> Bool {
    if try PastRecord.latest.contains(where: { sql in
      try db.value(sql, as: Int64.self).map { $0 > moment.milliseconds } ?? false
    }) {
      return true
    }
    return try PastRecord.later.contains { sql in
      try db.value(sql, [moment.milliseconds], as: Int64.self) != nil
    }
  }

  /// Rows later than the time ?1, in tables whose last row may have an earlier time than other rows.
  static let later = [
    "SELECT 1 FROM policy_changes INDEXED BY policy_changes_at WHERE at > ?1",
    "SELECT 1 FROM holds WHERE at > ?1 OR released_at > ?1",
    "SELECT 1 FROM audit INDEXED BY audit_at WHERE at > ?1 AND action IN ('opt-out', 'retry', 'activate')",
  ]

  private static let latest = [
    "SELECT at FROM decisions ORDER BY id DESC LIMIT 1",
    """
    SELECT finished_at FROM attempts INDEXED BY attempts_sent WHERE outcome IN ('accepted', 'unknown')
    ORDER BY finished_at DESC LIMIT 1
    """,
    """
    SELECT finished_at FROM attempts INDEXED BY attempts_troubled WHERE outcome <> 'accepted'
    ORDER BY finished_at DESC LIMIT 1
    """,
    "SELECT started_at FROM attempts ORDER BY id DESC LIMIT 1",
    "SELECT enrolled_at FROM sequence_contacts ORDER BY id DESC LIMIT 1",
    "SELECT at FROM assignments ORDER BY id DESC LIMIT 1",
    "SELECT at FROM device_events ORDER BY id DESC LIMIT 1",
  ]

  /// Whether `created_at` in `table` shows which rows existed at a given time.
  ///
  /// It does not if all rows have a later time although a decision was made by then: the store was filled by another
  /// clock than its cycles use, as with `usher tick --now`.
  func knowsCreation(in table: String, at moment: Instant) throws -> Bool {
    let sql = """
      SELECT 1 WHERE EXISTS (SELECT 1 FROM \(table) WHERE created_at <= ?1)
        OR NOT EXISTS (SELECT 1 FROM (SELECT at FROM decisions ORDER BY id LIMIT 1) earliest WHERE at <= ?1)
      """
    return try db.value(sql, [moment.milliseconds], as: Int64.self) != nil
  }

  /// Tenants with archived waits that may have been made before `moment`: the store no longer has what their contacts
  /// waited for, or whether they did.
  func tenantsWithoutWaits(before moment: Instant) throws -> Set<Int64> {
    let sql = """
      SELECT t.id FROM tenants t
      WHERE coalesce((SELECT f.at FROM fleet_records f WHERE f.tenant_id = t.id ORDER BY f.id LIMIT 1), ?1 + 1) > ?1
        AND (EXISTS (SELECT 1 FROM decisions d INDEXED BY decisions_archived WHERE d.tenant_id = t.id AND d.fleet_id = 0)
          OR (SELECT min(d.id) FROM decisions d) > 1)
      """
    return Set(try db.values(sql, [moment.milliseconds], as: Int64.self))
  }
}

extension SQLStore {
  /// When a cycle last decided for a tenant, or its last message left; nil for all tenants. Returns nil if neither
  /// happened. Costs a lookup for each tenant, and the sends after the last decision.
  package func lastActivity(of tenant: TenantID?) throws -> Instant? {
    try reading { db in
      let decided: Int64? = try db.value(
        """
        SELECT max((SELECT f.at FROM fleet_records f WHERE f.tenant_id = t.id ORDER BY f.id DESC LIMIT 1))
        FROM tenants t WHERE t.external_id = ?1 OR ?1 IS NULL
        """, [tenant?.text])
      let sent: Int64? = try db.value(
        """
        SELECT a.finished_at FROM attempts a INDEXED BY attempts_sent
        CROSS JOIN user_devices d ON d.id = a.device_id CROSS JOIN tenants t ON t.id = d.tenant_id
        WHERE a.outcome IN ('accepted', 'unknown') AND a.finished_at > ?2 AND (t.external_id = ?1 OR ?1 IS NULL)
        ORDER BY a.finished_at DESC LIMIT 1
        """, [tenant?.text, decided ?? Int64.min])
      return (sent ?? decided).map(Instant.init(milliseconds:))
    }
  }
}
