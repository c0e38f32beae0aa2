import Routing
import StoreSQL

/// The rows to prune, determined once in one snapshot and stored in temporary tables of the connection.
///
/// The plan stays correct while a daemon runs. Old decisions do not change, and no new reference to one appears: later
/// rows refer to later decisions, or to an enrolment's last one, which is never deleted.
struct PrunePlan {
  /// The tables, in the order in which they are filled.
  ///
  /// A tenant's last record always stays, whatever its age: the next record is a difference to it, and the daemon that
  /// will write that has it in memory. `first_kept` is the first record that stays, with its decisions and all later
  /// ones.
  private static let tables: [(name: String, columns: String)] = [
    ("prune_tenants", "id INTEGER PRIMARY KEY, first_kept INTEGER"),
    ("prune_records", "id INTEGER PRIMARY KEY, last_decision_id INTEGER NOT NULL"),
    // is_copied: the row goes to the archive. is_deleted: nothing refers to it; otherwise it stays without its record.
    (
      "prune_decisions",
      "id INTEGER PRIMARY KEY, enrolment INTEGER NOT NULL, is_copied INTEGER NOT NULL, is_deleted INTEGER NOT NULL"
    ),
    // Kept decisions whose predecessor is deleted, with their new predecessor.
    ("prune_links", "id INTEGER PRIMARY KEY, previous_id INTEGER"),
    ("prune_contacts", "id INTEGER PRIMARY KEY, last_decision_id INTEGER NOT NULL"),
  ]

  /// The tables of replaced values, each with its owner column and the join from there to a tenant.
  static let histories: [(table: String, key: String, owner: String)] = [
    ("lead_history", "lead_id", "main.leads o ON o.id = h.lead_id"),
    ("enrolment_history", "sequence_contact_id", "main.sequence_contacts o ON o.id = h.sequence_contact_id"),
    (
      "step_history", "sequence_step_id",
      "main.sequence_steps s ON s.id = h.sequence_step_id JOIN main.sequences o ON o.id = s.sequence_id"
    ),
  ]

  let report: PruneReport

  /// Walks over the decisions to be pruned, and over all rows of `decisions` and `assignments`.
  init(_ db: any SQLConnection, until: Instant, tenant: TenantID?) throws {
    for (name, columns) in PrunePlan.tables { try PrunePlan.create(name, columns, db) }
    try PrunePlan.chooseTenants(db, until: until, tenant: tenant)
    try db.change(
      """
      INSERT INTO temp.prune_records
      SELECT f.id, f.last_decision_id FROM temp.prune_tenants t
      CROSS JOIN main.fleet_records f ON f.tenant_id = t.id AND f.id < t.first_kept
      """)
    try PrunePlan.chooseDecisions(db, until: until)
    try PrunePlan.choosePredecessors(db)
    var report = PruneReport()
    for (table, key, owner) in PrunePlan.histories {
      try PrunePlan.create("prune_\(table)", "id INTEGER PRIMARY KEY, owner INTEGER, through INTEGER", db)
      // A decision reads the first values replaced after it, so no kept decision reads values replaced before the first
      // one that stays.
      report.historyRows += try db.change(
        """
        INSERT INTO temp.prune_\(table) (owner, through)
        SELECT h.\(key), h.through_decision_id FROM main.\(table) h
        JOIN \(owner) JOIN temp.prune_tenants t ON t.id = o.tenant_id WHERE h.through_decision_id < t.first_kept
        """)
    }
    let sums = """
      SELECT count(CASE WHEN is_copied = 1 THEN 1 END) AS archived,
        count(CASE WHEN is_deleted = 1 THEN 1 END) AS deleted,
        count(CASE WHEN is_copied = 1 AND is_deleted = 0 THEN 1 END) AS kept
      FROM temp.prune_decisions
      """
    try db.each(sums) { row in
      (report.archived, report.deleted, report.kept) = (row["archived"], row["deleted"], row["kept"])
    }
    report.fleetRecords = try db.value("SELECT count(*) FROM temp.prune_records", as: Int.self) ?? 0
    self.report = report
  }

  /// Makes a temporary table, replacing that of an earlier plan.
  private static func create(_ table: String, _ columns: String, _ db: any SQLConnection) throws {
    try db.prepare("DROP TABLE IF EXISTS temp.\(table)").run()
    try db.prepare("CREATE TEMP TABLE \(table) (\(columns))").run()
  }

  private static func chooseTenants(_ db: any SQLConnection, until: Instant, tenant: TenantID?) throws {
    let count = try db.change(
      """
      INSERT INTO temp.prune_tenants
      SELECT t.id, coalesce(
        (SELECT min(f.id) FROM main.fleet_records f WHERE f.tenant_id = t.id AND f.at >= ?1),
        (SELECT max(f.id) FROM main.fleet_records f WHERE f.tenant_id = t.id))
      FROM main.tenants t WHERE ?2 IS NULL OR t.external_id = ?2
      """, [until.milliseconds, tenant?.text])
    if let tenant, count == 0 { throw OperatorError.unknown(.tenant, id: tenant.text) }
  }

  /// A wait has no device, so the schema lets no message refer to it; the condition covers other references. The very
  /// last decision stays, because numbers continue from it.
  private static let isUnreferenced = """
    (x.outcome = 'wait' AND c.last_decision_id IS NOT x.id AND x.id < (SELECT max(id) FROM main.decisions)
      AND x.id NOT IN (SELECT decision_id FROM main.assignments WHERE decision_id IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM main.broadcast_messages m
        WHERE m.sequence_contact_id = x.sequence_contact_id AND m.decision_id = x.id))
    """

  private static func chooseDecisions(_ db: any SQLConnection, until: Instant) throws {
    try db.change(
      """
      INSERT INTO temp.prune_decisions
      SELECT x.id, x.sequence_contact_id, 1, \(isUnreferenced)
      FROM temp.prune_records r
      CROSS JOIN main.decisions x ON x.id BETWEEN r.id AND r.last_decision_id AND x.fleet_id = r.id
      CROSS JOIN main.sequence_contacts c ON c.id = x.sequence_contact_id
      """)
    // Waits without a record, and waits that an earlier pruning archived but kept because of references.
    for (state, isCopied) in [("IS NULL", 1), ("= 0", 0)] {
      try db.change(
        """
        INSERT INTO temp.prune_decisions
        SELECT x.id, x.sequence_contact_id, \(isCopied), 1
        FROM temp.prune_tenants t
        CROSS JOIN main.decisions x ON x.tenant_id = t.id
        CROSS JOIN main.sequence_contacts c ON c.id = x.sequence_contact_id
        WHERE x.fleet_id \(state) AND x.at < ?1 AND x.outcome = 'wait' AND \(isUnreferenced)
        """, [until.milliseconds])
    }
    try db.change(
      """
      INSERT INTO temp.prune_contacts
      SELECT enrolment, max(id) FROM temp.prune_decisions WHERE is_copied = 1 GROUP BY enrolment
      """)
  }

  private static func choosePredecessors(_ db: any SQLConnection) throws {
    try db.change(
      """
      INSERT INTO temp.prune_links
      WITH RECURSIVE walk (id, previous_id) AS (
        SELECT x.id, x.previous_id FROM main.decisions x
        JOIN temp.prune_decisions p ON p.id = x.previous_id AND p.is_deleted = 1
        LEFT JOIN temp.prune_decisions d ON d.id = x.id
        WHERE d.is_deleted IS NOT 1
        UNION ALL
        SELECT w.id, x.previous_id FROM walk w
        JOIN temp.prune_decisions p ON p.id = w.previous_id AND p.is_deleted = 1
        JOIN main.decisions x ON x.id = p.id
      )
      SELECT w.id, w.previous_id FROM walk w
      LEFT JOIN temp.prune_decisions p ON p.id = w.previous_id WHERE p.is_deleted IS NOT 1
      """)
  }
}
