import Files
import Routing
import StoreSQL

/// A file with old decisions and the inputs for making them again: a store that can be read, but on which nothing can
/// run.
///
/// Rows keep their keys. Nothing in it can be due or be sent: it has no messages and no triggers, its enrolments have
/// ended, its sequences are inactive, and its file is marked as an archive (`Migrations.archiveID`).
struct DecisionArchive {
  /// The path while it is being written. A process that is killed leaves this file behind; nothing reads it.
  private let unfinished: StoreFile
  let path: String
  private let build: String
  /// The store's mode: whoever may read the store may read the archive.
  private let mode: UInt32

  init(path: String, store: String, process: Int32, build: String) {
    (self.path, self.build, mode) = (path, build, FileMode.beside(store))
    unfinished = StoreFile(path: "\(path).\(process).partial")
  }

  /// Copies the rows of the plan, in one transaction that reads one snapshot of the store. Gives the file its name once
  /// it is on disk and was read back.
  ///
  /// Calls `plan` inside that transaction. If it throws, there is no file under the final name. Makes no file if there
  /// is nothing to copy.
  func write(_ db: SQLiteConnection, _ options: PruneOptions, plan: () throws -> PrunePlan) throws -> PrunePlan {
    unfinished.discard()
    let empty = try SQLiteStore.create(
      at: unfinished.path, build: build, migrations: .all, mode: mode, use: .archive)
    defer { unfinished.discard() }
    try empty.pool.close()
    let found = try db.attached(unfinished.path, as: "archive", isWritten: true) {
      try db.readTransaction {
        let plan = try plan()
        if plan.report.isArchived { try fill(db, options) }
        return plan
      }
    }
    guard found.report.isArchived else { return found }
    try verify(unfinished.path, db)
    try unfinished.move(to: path)
    return found
  }

  /// Checks that the existing file of that name has all rows of the plan, as after an interrupted run.
  ///
  /// Throws if it is anything else.
  func verifyExisting(_ db: SQLiteConnection) throws { try verify(path, db) }
}

// MARK: - Filling

extension DecisionArchive {
  /// The rows of each table to copy; all other tables stay empty.
  private static let selections: [(table: String, condition: String)] = [
    ("tenants", "id IN (SELECT id FROM temp.prune_tenants)"),
    ("user_devices", "tenant_id IN (SELECT id FROM temp.prune_tenants)"),
    ("sequences", "tenant_id IN (SELECT id FROM temp.prune_tenants)"),
    ("sequence_steps", "sequence_id IN (SELECT id FROM archive.sequences)"),
    ("sequence_contacts", "id IN (SELECT id FROM temp.prune_contacts)"),
    ("leads", "id IN (SELECT lead_id FROM archive.sequence_contacts)"),
    ("policy_changes", "tenant_id IN (SELECT id FROM temp.prune_tenants)"),
    ("policy_activations", "tenant_id IN (SELECT id FROM temp.prune_tenants)"),
    ("decisions", "id IN (SELECT id FROM temp.prune_decisions WHERE is_copied = 1)"),
    ("narrowed_choices", "decision_id IN (SELECT id FROM temp.prune_decisions WHERE is_copied = 1)"),
    (
      "policy_revisions",
      """
      id IN (SELECT revision_id FROM archive.policy_activations UNION SELECT revision_id FROM archive.decisions
        UNION SELECT revision_id FROM archive.narrowed_choices)
      """
    ),
    ("fleet_records", "id IN (SELECT id FROM temp.prune_records)"),
    ("lead_history", "lead_id IN (SELECT id FROM archive.leads)"),
    ("enrolment_history", "sequence_contact_id IN (SELECT id FROM archive.sequence_contacts)"),
    ("step_history", "sequence_step_id IN (SELECT id FROM archive.sequence_steps)"),
  ]

  private func fill(_ db: SQLiteConnection, _ options: PruneOptions) throws {
    for (table, condition) in DecisionArchive.selections {
      try db.change("INSERT INTO archive.\(table) SELECT * FROM main.\(table) WHERE \(condition)")
    }
    // Nothing is sent from an archive, so it has no identity and no secret.
    try db.change("DELETE FROM archive.store")
    try db.change("UPDATE archive.sequences SET status = 'archived'")
    try db.change(
      """
      UPDATE archive.sequence_contacts SET status = 'cancelled', next_at = NULL, capacity_at = NULL, waitlist_id = NULL,
        reason = 'continued outside this archive', code = ?2, ended_at = ?1
      WHERE ended_at IS NULL
      """, [options.now.milliseconds, ReasonCode.continuedElsewhere.rawValue])
    try db.change(
      """
      UPDATE archive.sequence_contacts
      SET last_decision_id = (SELECT p.last_decision_id FROM temp.prune_contacts p WHERE p.id = sequence_contacts.id)
      """)
    try db.change("PRAGMA archive.application_id = \(Migrations.archiveID)")
    try AuditEntry(
      actor: options.actor, action: "archive", subject: "store", detail: "decisions before \(options.until.rfc3339)",
      reason: options.reason, at: options.now
    ).record(in: db, schema: "archive")
  }
}

// MARK: - Verifying

extension DecisionArchive {
  /// Proves that a file contains everything to be pruned, and that a replay can read everything in it.
  private func verify(_ file: String, _ db: SQLiteConnection) throws {
    let archive = try SQLiteStore.open(at: file, mode: .readOnly, build: build)
    let isArchive = try archive.reading { try StoreIdentity(reading: $0).isArchive }
    guard isArchive else { throw refused(file, "expected an archive of decisions, found a store") }
    let orphan = try archive.reading { db in
      try db.first("PRAGMA foreign_key_check") { row in
        let (table, key, parent): (String, Int64, String) = (row["table"], row["rowid"], row["parent"])
        return "row \(key) of \(table) without its row of \(parent)"
      }
    }
    if let orphan { throw refused(file, "expected every referenced row, found \(orphan)") }
    try db.attached(file, as: "archive") {
      try db.readTransaction { try compare(db, file) }
    }
    do {
      try archive.readHistory { try $0.visitRecord(RecordFilter(), run: { _ in }, decision: { _ in true }) }
    } catch let error as UnreadableRecord {
      throw refused(file, "\(error)")
    }
    try archive.pool.close()
  }

  /// Without the links: an interrupted earlier run may have changed them in the store.
  private static let decisionColumns = [
    "tenant_id", "sequence_contact_id", "sequence_step_id", "outcome", "device_id", "assigned_device_id", "reason",
    "revision_id", "seed", "instructions", "until", "error_kind", "error_line", "notes", "at", "fleet_id", "due_at",
    "attempts", "last_device_id", "utc_offset_minutes", "messages_day", "moves", "priority", "waitlist", "code",
    "caught",
  ]
  private static let recordColumns = [
    "tenant_id", "generation", "at", "base_id", "last_decision_id", "body", "utc_offset_minutes", "engine",
    "lua", "bulk_share",
  ]

  private func compare(_ db: SQLiteConnection, _ file: String) throws {
    let parts = [
      ("decisions", "SELECT id FROM temp.prune_decisions WHERE is_copied = 1", DecisionArchive.decisionColumns),
      ("fleet_records", "SELECT id FROM temp.prune_records", DecisionArchive.recordColumns),
    ]
    for (table, ids, columns) in parts {
      let list = { (alias: String) in columns.map { "\(alias).\($0)" }.joined(separator: ", ") }
      let sql = """
        SELECT x.id FROM (\(ids)) p CROSS JOIN main.\(table) x ON x.id = p.id
        LEFT JOIN archive.\(table) a ON a.id = x.id
        WHERE a.id IS NULL OR (\(list("a"))) IS NOT (\(list("x"))) LIMIT 1
        """
      if let id = try db.value(sql, as: Int64.self) {
        throw refused(file, "expected row \(id) of \(table) with the store's values, found other values or no row")
      }
    }
  }

  private func refused(_ file: String, _ what: String) -> StoreError {
    StoreError.unusable(
      "\(file) does not contain the rows to prune: \(what); nothing was deleted; name another archive")
  }
}
