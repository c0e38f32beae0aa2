internal import GRDB
import Routing

extension SQLiteStore {
  /// What `release` did.
  package struct Release: Equatable, Sendable {
    /// The hold that ended; nil when the scope had none that `release` ends.
    package var released: SendingHold?
    /// Whether a hold file that could not be read is gone.
    package var hasRemovedFile = false
    /// Those that are still in force.
    package var remaining: [SendingHold]
  }

  /// The holds in force, in the store and in the file beside it, oldest first; with `moment`, those in force then.
  package func holds(at moment: Instant? = nil) throws -> [SendingHold] {
    // The file before the rows: a hold moves from the one into the other.
    let stated = holdFile.holds().filter { hold in moment.map { hold.at <= $0 } ?? true }
    return try reading { db in
      try moment.map { try HoldRows.inForce(db, at: $0) } ?? HoldRows.inForce(db)
    }.joined(by: stated)
  }

  /// Starts a hold of an operator; gives back the one that is in force when the scope is on hold already.
  func startHold(_ hold: SendingHold) throws -> SendingHold {
    try writing(isOfSends: false) { db in
      if let present = try HoldRows.inForce(db).first(where: { $0.hasScope(of: hold) }) { return present }
      try HoldRows.insert(hold, of: try HoldRows.tenant(hold.tenant, in: db), in: db)
      return hold
    }
  }

  /// Puts holds that only the hold file states into the store. They stay in the file: a sender that has not seen the
  /// rows still finds it. Those of tenants that do not exist are left. Costs one look at the folder without a file.
  package func recordHoldFile() throws {
    guard holdFile.isThere else { return }
    let stated = holdFile.holds().filter { $0.kind == .operator }
    guard !stated.isEmpty else { return }
    try writing(isOfSends: false) { db in try HoldRows.record(stated, in: db) }
  }

  /// Ends the operator's hold of a scope, in the store and in the file. Other kinds end by commands of their own.
  ///
  /// A hold file that cannot be read goes with the hold of the whole store. Throws `OperatorError` for an unknown tenant.
  package func releaseHold(of tenant: TenantID?, reason: String, actor: Actor, at now: Instant) throws -> Release {
    let stated = holdFile.holds()
    let release = try writing(isOfSends: false) { db -> Release in
      let key = try HoldRows.tenant(tenant, in: db)
      try HoldRows.record(stated.filter { $0.kind == .operator }, in: db)
      let present = try HoldRows.inForce(db)
      guard let hold = present.first(where: { $0.tenant == tenant && $0.kind == .operator }) else {
        return Release(released: nil, remaining: present)
      }
      try HoldRows.release(hold, of: key, reason: reason, actor: actor, at: now, in: db)
      return Release(released: hold, remaining: present.filter { $0 != hold })
    }
    return try releaseFile(after: release, of: tenant)
  }

  private func releaseFile(after release: Release, of tenant: TenantID?) throws -> Release {
    var release = release
    let stated = holdFile.holds()
    let ended = stated.filter { hold in
      hold.tenant == tenant && (hold.kind == .unreadable || hold.kind == .operator && release.released != nil)
    }
    try holdFile.remove { ended.contains($0) }
    release.hasRemovedFile = ended.contains { $0.kind == .unreadable }
    release.remaining = release.remaining.joined(by: stated.filter { !ended.contains($0) })
    return release
  }

  /// Messages that a process has claimed and not finished, in the scope of a hold: all, and those whose lease lasts.
  func claimed(of tenant: TenantID?, at now: Instant) throws -> (all: Int, leased: Int) {
    try reading { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT count(*), coalesce(sum(lease_until > ?1), 0)
          FROM broadcast_messages m INDEXED BY broadcast_messages_sending
          WHERE m.status = 'sending'
            AND (?2 IS NULL OR m.tenant_id = (SELECT id FROM tenants WHERE external_id = ?2))
          """, arguments: [now.milliseconds, tenant?.text])
      return row.map { ($0[0], $0[1]) } ?? (0, 0)
    }
  }
}

extension HoldRows {
  /// Starts those of `holds` whose scope has none in force, and whose tenant exists.
  static func record(_ holds: [SendingHold], in db: Database) throws {
    let present = try inForce(db)
    for hold in holds where !present.contains(where: { $0.hasScope(of: hold) }) {
      guard let key = try? tenant(hold.tenant, in: db) else {
        if hold.tenant == nil { try insert(hold, of: nil, in: db) }
        continue
      }
      try insert(hold, of: key, in: db)
    }
  }
}
