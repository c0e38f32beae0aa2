import Routing
import StoreSQL

/// Deletes archived rows from a store, in short transactions between which others can write.
///
/// Goes from newest to oldest within a tenant. At every time, and after a crash, the remaining record is a prefix of
/// the original, and reads as before.
struct Pruning {
  private let db: SQLiteConnection
  private let options: PruneOptions
  private let pause: () throws -> Void

  init(_ db: SQLiteConnection, _ options: PruneOptions, pause: @escaping () throws -> Void) {
    (self.db, self.options, self.pause) = (db, options, pause)
  }

  /// Throws in the middle if the store cannot be written; running it again continues.
  func run(_ report: PruneReport, progress: (Int) -> Void) throws {
    try recordAudit(report)
    try endChains()
    try relink()
    try removeDecisions(progress)
    try removeHistory()
  }

  private func recordAudit(_ report: PruneReport) throws {
    try transaction {
      let tenant = try db.value(
        "SELECT id FROM main.tenants WHERE external_id = ?1", [options.tenant?.text], as: Int64.self)
      try AuditEntry(
        tenant: tenant, actor: options.actor, action: "prune", subject: "store",
        detail: "decisions before \(options.until.rfc3339): archived \(report.archived), deleted \(report.deleted), "
          + "to \(options.archive)",
        reason: options.reason, at: options.now
      ).record(in: db)
    }
  }

  /// Turns the first record that stays into a whole fleet, because the record it is a difference to will be deleted.
  ///
  /// Its content stays the same, so that any process can write the next record as a difference to it.
  private func endChains() throws {
    let sql = """
      SELECT f.id AS record, t.id AS tenant_id, n.external_id AS tenant FROM temp.prune_tenants t
      JOIN main.fleet_records f ON f.id = t.first_kept JOIN main.tenants n ON n.id = t.id
      WHERE f.base_id IS NOT NULL ORDER BY t.id
      """
    let records = try db.all(sql) { row in
      (key: row["record"] as Int64, tenant: TenantKey(row["tenant_id"]), id: TenantID(stored: row["tenant"]))
    }
    for record in records {
      var reader = FleetReader(try RecordStatements(db))
      let state = try reader.read(record.key, of: record.tenant)
      let body = FleetCode.keyframe(state.fleet(of: record.id))
      try transaction {
        try db.change("UPDATE main.fleet_records SET base_id = NULL, body = ?2 WHERE id = ?1", [record.key, body])
      }
    }
  }

  /// Runs before anything is deleted, so that no link ever dangles.
  private func relink() throws {
    try inPieces(of: "prune_links") { first, last in
      try db.change(
        """
        UPDATE main.decisions SET previous_id = (SELECT l.previous_id FROM temp.prune_links l WHERE l.id = decisions.id)
        WHERE id IN (SELECT id FROM temp.prune_links WHERE id BETWEEN ?1 AND ?2)
        """, [first, last])
    }
  }

  private func removeDecisions(_ progress: (Int) -> Void) throws {
    var done = 0
    try inPieces(of: "prune_decisions") { first, last in
      try db.change(
        """
        DELETE FROM main.narrowed_choices
        WHERE decision_id IN (SELECT id FROM temp.prune_decisions WHERE id BETWEEN ?1 AND ?2 AND is_deleted = 1)
        """, [first, last])
      try db.change(
        """
        DELETE FROM main.decisions
        WHERE id IN (SELECT id FROM temp.prune_decisions WHERE id BETWEEN ?1 AND ?2 AND is_deleted = 1)
        """, [first, last])
      try db.change(
        """
        UPDATE main.decisions SET fleet_id = 0, due_at = NULL, attempts = NULL, last_device_id = NULL,
          utc_offset_minutes = NULL, messages_day = NULL, moves = NULL, priority = NULL
        WHERE id IN (SELECT id FROM temp.prune_decisions WHERE id BETWEEN ?1 AND ?2 AND is_deleted = 0)
        """, [first, last])
      // A record has the number of its first decision, so all decisions from there on are done.
      try db.change(
        "DELETE FROM main.fleet_records WHERE id IN (SELECT id FROM temp.prune_records WHERE id BETWEEN ?1 AND ?2)",
        [first, last])
      done += options.rowsMax
      progress(done)
    }
    // Records from before the first decision.
    try inPieces(of: "prune_records") { first, last in
      try db.change(
        "DELETE FROM main.fleet_records WHERE id IN (SELECT id FROM temp.prune_records WHERE id BETWEEN ?1 AND ?2)",
        [first, last])
    }
  }

  private func removeHistory() throws {
    for (table, key, _) in PrunePlan.histories {
      try inPieces(of: "prune_\(table)") { first, last in
        try db.change(
          """
          DELETE FROM main.\(table) WHERE (\(key), through_decision_id) IN (
            SELECT owner, through FROM temp.prune_\(table) WHERE id BETWEEN ?1 AND ?2)
          """, [first, last])
      }
    }
  }

  /// Runs `body` for ranges of a temporary table's keys, from the last to the first, each in a transaction. Together
  /// the ranges cover all keys from the table's first one on.
  private func inPieces(of table: String, _ body: (Int64, Int64) throws -> Void) throws {
    var end = Int64.max
    let sql = """
      SELECT min(id) FROM (SELECT id FROM temp.\(table) WHERE id < ?1 ORDER BY id DESC LIMIT ?2) piece
      """
    while let first = try db.value(sql, [end, options.rowsMax], as: Int64.self) {
      let last = end - 1
      try transaction { try body(first, last) }
      end = first
      try pause()
    }
  }

  private func transaction(_ body: () throws -> Void) throws { try db.writeTransaction(body) }
}
