internal import GRDB
import Routing

/// Takes out of a store what was archived, in short transactions between which others can write.
///
/// Within a tenant the newest goes first: at each moment, and after a crash, what is still on record is a beginning of
/// the record as it was, and reads as it did.
struct Pruning {
  private let db: Database
  private let options: PruneOptions
  private let pause: () throws -> Void

  init(_ db: Database, _ options: PruneOptions, pause: @escaping () throws -> Void) {
    (self.db, self.options, self.pause) = (db, options, pause)
  }

  /// Throws in the middle when the store cannot be written; running it again goes on.
  func run(_ report: PruneReport, progress: (Int) -> Void) throws {
    try recordAudit(report)
    try endChains()
    try relink()
    try removeDecisions(progress)
    try removeHistory()
  }

  private func recordAudit(_ report: PruneReport) throws {
    try transaction {
      let tenant = try Int64.fetchOne(
        db, sql: "SELECT id FROM main.tenants WHERE external_id = ?", arguments: [options.tenant?.text])
      try AuditEntry(
        tenant: tenant, actor: options.actor, action: "prune", subject: "store",
        detail: "decisions before \(options.until.rfc3339): archived \(report.archived), deleted \(report.deleted), "
          + "to \(options.archive)",
        reason: options.reason, at: options.now
      ).record(in: db)
    }
  }

  /// Makes the first record that stays a whole fleet, since what it is a difference to goes.
  ///
  /// It says the same as before, so that the next record can be a difference to it, whoever writes that.
  private func endChains() throws {
    let sql = """
      SELECT f.id, t.id, n.external_id FROM temp.prune_tenants t
      JOIN main.fleet_records f ON f.id = t.first_kept JOIN main.tenants n ON n.id = t.id
      WHERE f.base_id IS NOT NULL ORDER BY t.id
      """
    for row in try Row.fetchAll(db, sql: sql) {
      var reader = FleetReader(try RecordStatements(db))
      let state = try reader.read(row[0], of: TenantKey(row[1]))
      let body = FleetCode.keyframe(state.fleet(of: TenantID(stored: row[2])))
      let update = try RawStatement(db, "UPDATE main.fleet_records SET base_id = NULL, body = ?2 WHERE id = ?1")
      update.bind(1, row[0] as Int64)
      update.bind(2, body)
      try transaction { try update.run() }
    }
  }

  /// Before anything is deleted, so that no link ever leads nowhere.
  private func relink() throws {
    try inPieces(of: "prune_links") { first, last in
      try db.change(
        """
        UPDATE main.decisions SET previous_id = (SELECT l.previous_id FROM temp.prune_links l WHERE l.id = decisions.id)
        WHERE id IN (SELECT id FROM temp.prune_links WHERE id BETWEEN ? AND ?)
        """, [first, last])
    }
  }

  private func removeDecisions(_ progress: (Int) -> Void) throws {
    var done = 0
    try inPieces(of: "prune_decisions") { first, last in
      try db.change(
        """
        DELETE FROM main.narrowed_choices
        WHERE decision_id IN (SELECT id FROM temp.prune_decisions WHERE id BETWEEN ? AND ? AND is_deleted)
        """, [first, last])
      try db.change(
        """
        DELETE FROM main.decisions
        WHERE id IN (SELECT id FROM temp.prune_decisions WHERE id BETWEEN ? AND ? AND is_deleted)
        """, [first, last])
      try db.change(
        """
        UPDATE main.decisions SET fleet_id = 0, due_at = NULL, attempts = NULL, last_device_id = NULL,
          utc_offset_minutes = NULL, messages_day = NULL, moves = NULL
        WHERE id IN (SELECT id FROM temp.prune_decisions WHERE id BETWEEN ? AND ? AND NOT is_deleted)
        """, [first, last])
      // A record is called by the first decision that was made on it: those from there on are done.
      try db.change(
        "DELETE FROM main.fleet_records WHERE id IN (SELECT id FROM temp.prune_records WHERE id BETWEEN ? AND ?)",
        [first, last])
      done += options.rowsMax
      progress(done)
    }
    // Those from before the first decision.
    try inPieces(of: "prune_records") { first, last in
      try db.change(
        "DELETE FROM main.fleet_records WHERE id IN (SELECT id FROM temp.prune_records WHERE id BETWEEN ? AND ?)",
        [first, last])
    }
  }

  private func removeHistory() throws {
    for (table, key, _) in PrunePlan.histories {
      try inPieces(of: "prune_\(table)", by: "rowid") { first, last in
        try db.change(
          """
          DELETE FROM main.\(table) WHERE (\(key), through_decision_id) IN (
            SELECT owner, through FROM temp.prune_\(table) WHERE rowid BETWEEN ? AND ?)
          """, [first, last])
      }
    }
  }

  /// Runs `body` for stretches of a temporary table, the last first, each in a transaction. The stretches cover all keys
  /// from the table's first one on.
  private func inPieces(of table: String, by key: String = "id", _ body: (Int64, Int64) throws -> Void) throws {
    var end = Int64.max
    let sql = """
      SELECT min(k) FROM (SELECT \(key) AS k FROM temp.\(table) WHERE \(key) < ? ORDER BY \(key) DESC LIMIT ?)
      """
    while let first = try Int64.fetchOne(db, sql: sql, arguments: [end, options.rowsMax]) {
      let last = end - 1
      try transaction { try body(first, last) }
      end = first
      try pause()
    }
  }

  /// Takes the right to write first, so that it waits for others at its beginning alone.
  private func transaction(_ body: () throws -> Void) throws {
    try db.inTransaction(.immediate) {
      try body()
      return .commit
    }
  }
}
