internal import GRDB
import Routing

/// The rows of `holds` that are in force.
enum HoldRows {
  /// Costs a look into an empty index where there are none.
  static func inForce(_ db: Database) throws -> [SendingHold] {
    let sql = """
      SELECT t.external_id, h.kind, h.reason, h.actor, h.at, h.system_user FROM holds h INDEXED BY holds_in_force
      LEFT JOIN tenants t ON t.id = h.tenant_id
      WHERE h.released_at IS NULL
      """
    return sorted(try Row.fetchAll(db.cachedStatement(sql: sql)))
  }

  /// The rows that were in force at `moment`: a walk over all holds there ever were, which people made.
  static func inForce(_ db: Database, at moment: Instant) throws -> [SendingHold] {
    let sql = """
      SELECT t.external_id, h.kind, h.reason, h.actor, h.at, h.system_user FROM holds h LEFT JOIN tenants t ON t.id = h.tenant_id
      WHERE h.at <= ?1 AND (h.released_at IS NULL OR h.released_at > ?1)
      """
    return sorted(try Row.fetchAll(db, sql: sql, arguments: [moment.milliseconds]))
  }

  private static func sorted(_ rows: [Row]) -> [SendingHold] {
    let holds = rows.map { row in
      SendingHold(
        tenant: (row[0] as String?).map(TenantID.init(stored:)),
        kind: SendingHold.Kind(rawValue: row[1]) ?? .operator, reason: row[2],
        actor: Actor(row[3], systemUser: row[5]),
        at: Instant(milliseconds: row[4]))
    }
    return holds.count < 2 ? holds : holds.sorted { ($0.at, $0.key) < ($1.at, $1.key) }
  }

  /// Starts a hold, and puts it on record.
  static func insert(_ hold: SendingHold, of tenant: Int64?, in db: Database) throws {
    try db.change(
      "INSERT INTO holds (tenant_id, kind, reason, actor, at, system_user) VALUES (?, ?, ?, ?, ?, ?)",
      [
        tenant, hold.kind.rawValue, hold.reason, hold.actor.name, hold.at.milliseconds,
        hold.actor.systemUser,
      ])
    try audit("hold", hold, of: tenant, reason: hold.reason, actor: hold.actor, at: hold.at, in: db)
  }

  static func release(
    _ hold: SendingHold, of tenant: Int64?, reason: String, actor: Actor, at now: Instant, in db: Database
  ) throws {
    try db.changeOne(
      """
      UPDATE holds SET released_at = ?, released_by = ?, release_reason = ?
      WHERE tenant_id IS ? AND kind = ? AND released_at IS NULL
      """, [now.milliseconds, actor.name, reason, tenant, hold.kind.rawValue],
      expecting: "a hold of kind \(hold.kind.rawValue) in force")
    try audit("release", hold, of: tenant, reason: reason, actor: actor, at: now, in: db)
  }

  private static func audit(
    _ action: String, _ hold: SendingHold, of tenant: Int64?, reason: String, actor: Actor, at: Instant,
    in db: Database
  ) throws {
    let subject = hold.tenant.map { "tenant \($0)" } ?? "store"
    try AuditEntry(tenant: tenant, actor: actor, action: action, subject: subject, reason: reason, at: at).record(
      in: db)
  }

  /// The key of the tenant that a hold names; nil for the whole store. Throws `OperatorError` for one that does not exist.
  static func tenant(_ id: TenantID?, in db: Database) throws -> Int64? {
    guard let id else { return nil }
    let key = try Int64.fetchOne(db, sql: "SELECT id FROM tenants WHERE external_id = ?", arguments: [id.text])
    guard let key else { throw OperatorError.unknown(what: "tenant", id: id.text) }
    return key
  }
}
