import Routing

/// How far the record of a store reaches: whether a moment is past, and what can be known of it.
struct PastRecord {
  private let db: any SQLConnection

  init(_ db: any SQLConnection) { self.db = db }

  /// Whether something happened after `moment`, so that current rows may differ from that moment.
  ///
  /// Cycles, operators' commands and holds count. Rows that were imported later count by the time that they carry. Costs a
  /// look at the end of each table, a walk over the holds, and over the lines of the audit since.
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

  /// Rows later than the moment ?1, in tables whose last row may carry an earlier time than others.
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

  /// Whether rows of `table` tell by `created_at` if they were there at a moment.
  ///
  /// Not where all of them carry a later time though something had been decided by then: the store was filled by another
  /// clock than the one that its cycles go by, as with `usher tick --now`.
  func knowsCreation(in table: String, at moment: Instant) throws -> Bool {
    let sql = """
      SELECT 1 WHERE EXISTS (SELECT 1 FROM \(table) WHERE created_at <= ?1)
        OR NOT EXISTS (SELECT 1 FROM (SELECT at FROM decisions ORDER BY id LIMIT 1) earliest WHERE at <= ?1)
      """
    return try db.value(sql, [moment.milliseconds], as: Int64.self) != nil
  }

  /// Tenants of which waits that may have been made before `moment` went to an archive: what a contact waited for, and
  /// whether it did, is no longer in the store.
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
  /// When a cycle last decided for a tenant, or a message of its last left; of all tenants when nil. Nil where neither
  /// happened. Costs a look-up for each tenant, and the sends after the last decision.
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
