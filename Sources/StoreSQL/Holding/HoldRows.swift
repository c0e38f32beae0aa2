import Routing

/// The rows of `holds` that are in force.
package enum HoldRows {
  /// The audit's detail for the release of a hold file that could not be read.
  package static let removalDetail = "removed the hold file, which could not be read"

  /// Costs one lookup in an index, which is empty without holds.
  package static func inForce(_ db: any SQLConnection) throws -> [SendingHold] {
    let sql = """
      SELECT t.external_id AS tenant, h.kind, h.reason, h.actor, h.system_user, h.at
      FROM holds h INDEXED BY holds_in_force LEFT JOIN tenants t ON t.id = h.tenant_id
      WHERE h.released_at IS NULL
      """
    return sorted(try db.all(sql) { hold($0) })
  }

  /// The rows that were in force at `moment`. Walks over all holds ever made; people make them, so they are few.
  package static func inForce(_ db: any SQLConnection, at moment: Instant) throws -> [SendingHold] {
    let sql = """
      SELECT t.external_id AS tenant, h.kind, h.reason, h.actor, h.system_user, h.at
      FROM holds h LEFT JOIN tenants t ON t.id = h.tenant_id
      WHERE h.at <= ?1 AND (h.released_at IS NULL OR h.released_at > ?1)
      """
    return sorted(try db.all(sql, [moment.milliseconds]) { hold($0) })
  }

  private static func hold(_ row: SQLRow) -> SendingHold {
    SendingHold(
      tenant: (row["tenant"] as String?).map(TenantID.init(stored:)),
      kind: SendingHold.Kind(rawValue: row["kind"]) ?? .operator, reason: row["reason"],
      actor: Actor(row["actor"], systemUser: row["system_user"]), at: Instant(milliseconds: row["at"]))
  }

  private static func sorted(_ holds: [SendingHold]) -> [SendingHold] {
    holds.count < 2 ? holds : holds.sorted { ($0.at, $0.key) < ($1.at, $1.key) }
  }

  /// Starts a hold, unless its scope already has a hold of its kind. Returns the hold in force. Throws `OperatorError`
  /// for an unknown tenant.
  package static func start(_ hold: SendingHold, in db: any SQLConnection) throws -> SendingHold {
    if let present = try inForce(db).first(where: { $0.hasScope(of: hold) }) { return present }
    try insert(hold, of: try tenant(hold.tenant, in: db), in: db)
    return hold
  }

  /// Starts a hold and records it in the audit.
  package static func insert(_ hold: SendingHold, of tenant: Int64?, in db: any SQLConnection) throws {
    try db.change(
      "INSERT INTO holds (tenant_id, kind, reason, actor, at, system_user) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      [
        tenant, hold.kind.rawValue, hold.reason, hold.actor.name, hold.at.milliseconds,
        hold.actor.systemUser,
      ])
    try audit("hold", hold, of: tenant, reason: hold.reason, actor: hold.actor, at: hold.at, in: db)
  }

  /// Ends the hold of this scope and kind, and records that in the audit. Throws if none is in force. `tenant` is the
  /// row's key.
  package static func release(
    _ hold: SendingHold, of tenant: Int64?, reason: String, actor: Actor, at now: Instant, in db: any SQLConnection
  ) throws {
    try db.changeOne(
      """
      UPDATE holds SET released_at = ?1, released_by = ?2, release_reason = ?3
      WHERE tenant_id IS ?4 AND kind = ?5 AND released_at IS NULL
      """, [now.milliseconds, actor.name, reason, tenant, hold.kind.rawValue],
      expecting: "a hold of kind \(hold.kind.rawValue) in force")
    try audit("release", hold, of: tenant, reason: reason, actor: actor, at: now, in: db)
  }

  /// The recorded release of a hold; nil without one. Walks over the holds of its scope, which are few because people
  /// make them; for an unreadable hold file, over the latest audit lines.
  package static func release(of hold: SendingHold, in db: any SQLConnection) throws -> HoldRelease? {
    let found: (by: String?, reason: String?)?
    if hold.kind == .unreadable {
      let sql = """
        SELECT actor, reason FROM (SELECT * FROM audit ORDER BY id DESC LIMIT 100) lines
        WHERE action = 'release' AND detail = ?1 AND at >= ?2 ORDER BY id DESC LIMIT 1
        """
      found = try db.first(sql, [HoldRows.removalDetail, hold.at.milliseconds]) { row in
        (by: row["actor"] as String?, reason: row["reason"] as String?)
      }
    } else {
      let sql = """
        SELECT released_by, release_reason FROM holds
        WHERE tenant_id IS (SELECT id FROM tenants WHERE external_id = ?1) AND kind = ?2 AND at = ?3 AND actor = ?4
          AND released_at IS NOT NULL
        ORDER BY released_at DESC LIMIT 1
        """
      found = try db.first(sql, [hold.tenant?.text, hold.kind.rawValue, hold.at.milliseconds, hold.actor.name]) { row in
        (by: row["released_by"] as String?, reason: row["release_reason"] as String?)
      }
    }
    guard let by = found?.by, let reason = found?.reason else { return nil }
    return HoldRelease(by: by, reason: reason)
  }

  /// Writes an audit entry for the tenant, or for the subject `store`.
  package static func audit(
    _ action: String, _ hold: SendingHold, of tenant: Int64?, reason: String, actor: Actor, at: Instant,
    in db: any SQLConnection
  ) throws {
    let subject = hold.tenant.map { "tenant \($0)" } ?? "store"
    try AuditEntry(tenant: tenant, actor: actor, action: action, subject: subject, reason: reason, at: at).record(
      in: db)
  }

  /// The key of the tenant that a hold names; nil for the whole store. Throws `OperatorError` for an unknown tenant.
  package static func tenant(_ id: TenantID?, in db: any SQLConnection) throws -> Int64? {
    try id.map { try TenantRow.expectKey(of: $0, in: db) }
  }
}

// MARK: - From the hold file

extension HoldRows {
  /// Starts the holds of the file that do not have a row yet.
  package static func record(_ stated: [SendingHold], in db: any SQLConnection) throws {
    for hold in try unrecorded(stated, in: db) { try insert(hold, of: try tenant(hold.tenant, in: db), in: db) }
  }

  /// The operators' holds of the file that need a row: the scope is not on hold, the tenant exists, and the hold never
  /// had a row. A hold that had one has been released; the file was read before that.
  package static func unrecorded(_ stated: [SendingHold], in db: any SQLConnection) throws -> [SendingHold] {
    var present = try inForce(db)
    var found: [SendingHold] = []
    for hold in stated where hold.kind == .operator && !present.contains(where: { $0.hasScope(of: hold) }) {
      if let id = hold.tenant, try TenantRow.key(of: id, in: db) == nil { continue }
      if try isOnRecord(hold, in: db) { continue }
      present.append(hold)
      found.append(hold)
    }
    return found
  }

  /// Whether a hold has a row, in force or released. Walks over the holds of its scope, which are few because people
  /// make them.
  package static func isOnRecord(_ hold: SendingHold, in db: any SQLConnection) throws -> Bool {
    var tenant: Int64?
    if let id = hold.tenant {
      tenant = try TenantRow.key(of: id, in: db)
      if tenant == nil { return false }
    }
    let sql = """
      SELECT CASE WHEN EXISTS (
        SELECT 1 FROM holds WHERE tenant_id IS ?1 AND kind = ?2 AND at = ?3 AND actor = ?4) THEN 1 ELSE 0 END
      """
    return try db.value(
      sql, [tenant, hold.kind.rawValue, hold.at.milliseconds, hold.actor.name], as: Bool.self) ?? false
  }
}
