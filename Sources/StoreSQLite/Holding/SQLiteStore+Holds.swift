import Routing
import StoreSQL

extension SQLiteStore {
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
    try writing(isOfSends: false) { db in try HoldRows.start(hold, in: db) }
  }

  /// Puts holds that only the hold file states into the store. They stay in the file: a sender that has not seen the
  /// rows still finds it. Those of tenants that do not exist are left. Costs one look at the folder without a file, and
  /// writes nothing when every hold has a row.
  package func recordHoldFile() throws { try record(holdFile.holds()) }

  /// The same for holds that were read from the file earlier.
  func record(_ stated: [SendingHold]) throws {
    guard !stated.isEmpty, try !reading({ db in try HoldRows.unrecorded(stated, in: db) }).isEmpty else { return }
    try writing(isOfSends: false) { db in try HoldRows.record(stated, in: db) }
  }

  /// Ends the operator's hold of a scope, in the store and in the file. Other kinds end by commands of their own.
  ///
  /// A hold that only the file states ends too, also that of a tenant that does not exist. A hold file that cannot be read
  /// goes with the hold of the whole store. A hold that the file gets meanwhile stays. Throws `OperatorError` for an unknown
  /// tenant. `stated`: what the file stated when the command began; read here when nil.
  package func releaseHold(
    of tenant: TenantID?, reason: String, actor: Actor, at now: Instant, stated: [SendingHold]? = nil
  ) throws -> ReleaseOutcome {
    let stated = stated ?? holdFile.holds()
    func isMeant(_ hold: SendingHold) -> Bool { hold.tenant == tenant && hold.kind == .operator }
    let isUnreadable = tenant == nil && stated.contains { $0.kind == .unreadable }
    // Before the audit says that the file is removed, which is before it is: the sender then finds who removed it.
    if isUnreadable { try holdFile.checkRemovable() }
    let release = try writing(isOfSends: false) { db -> ReleaseOutcome in
      try HoldRows.record(stated, in: db)
      if isUnreadable {
        try AuditEntry(
          actor: actor, action: "release", subject: "store", detail: HoldRows.removalDetail, reason: reason, at: now
        ).record(in: db)
      }
      let present = try HoldRows.inForce(db)
      if let hold = present.first(where: isMeant) {
        let key = try HoldRows.tenant(tenant, in: db)
        try HoldRows.release(hold, of: key, reason: reason, actor: actor, at: now, in: db)
        return ReleaseOutcome(released: hold, remaining: present.filter { $0 != hold })
      }
      // Its tenant does not exist, or an earlier release could not change the file.
      if let hold = stated.first(where: isMeant) {
        let key = try tenant.flatMap { try TenantRow.key(of: $0, in: db) }
        try HoldRows.audit("release", hold, of: key, reason: reason, actor: actor, at: now, in: db)
        return ReleaseOutcome(released: hold, remaining: present)
      }
      _ = try HoldRows.tenant(tenant, in: db)
      return ReleaseOutcome(released: nil, remaining: present)
    }
    return try releaseFile(stated, after: release, of: tenant)
  }

  private func releaseFile(
    _ stated: [SendingHold], after release: ReleaseOutcome, of tenant: TenantID?
  ) throws -> ReleaseOutcome {
    var release = release
    let ended = stated.filter { hold in
      hold.tenant == tenant && (hold.kind == .unreadable || hold.kind == .operator && release.released != nil)
    }
    if !ended.isEmpty { release.notice = try holdFile.remove { ended.contains($0) } }
    release.hasRemovedFile = ended.contains { $0.kind == .unreadable }
    release.remaining = release.remaining.joined(by: holdFile.holds())
    return release
  }
}
