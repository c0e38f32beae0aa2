import Routing
import StoreSQL

extension SQLiteStore {
  /// The holds in force, in the store and in the hold file, oldest first; with `moment`, those in force then.
  package func holds(at moment: Instant? = nil) throws -> [SendingHold] {
    // Reads the file before the rows, because holds move from the file to the rows.
    let stated = holdFile.holds().filter { hold in moment.map { hold.at <= $0 } ?? true }
    return try reading { db in
      try moment.map { try HoldRows.inForce(db, at: $0) } ?? HoldRows.inForce(db)
    }.joined(by: stated)
  }

  /// Starts a hold of an operator; returns the hold in force if the scope already has one.
  func startHold(_ hold: SendingHold) throws -> SendingHold {
    try writing(isOfSends: false) { db in try HoldRows.start(hold, in: db) }
  }

  /// Makes rows of the holds that only the hold file has. They stay in the file, where a sender that has not seen the
  /// rows still finds them. Skips holds of unknown tenants. Costs one file lookup without a file, and writes nothing if
  /// every hold has a row.
  package func recordHoldFile() throws { try record(holdFile.holds()) }

  /// Records holds that were read from the file earlier.
  func record(_ stated: [SendingHold]) throws {
    guard !stated.isEmpty, try !reading({ db in try HoldRows.unrecorded(stated, in: db) }).isEmpty else { return }
    try writing(isOfSends: false) { db in try HoldRows.record(stated, in: db) }
  }

  /// Ends the operator's hold of a scope, in the store and in the file. Other kinds have their own commands.
  ///
  /// Also ends a hold that only the file has, including one of an unknown tenant. The release of the whole store's hold
  /// removes an unreadable hold file. A hold added to the file meanwhile stays. Throws `OperatorError` for an unknown
  /// tenant. `stated` are the file's holds when the command began; nil reads them now.
  package func releaseHold(
    of tenant: TenantID?, reason: String, actor: Actor, at now: Instant, stated: [SendingHold]? = nil
  ) throws -> ReleaseOutcome {
    let stated = stated ?? holdFile.holds()
    func isMeant(_ hold: SendingHold) -> Bool { hold.tenant == tenant && hold.kind == .operator }
    let isUnreadable = tenant == nil && stated.contains { $0.kind == .unreadable }
    // Check before the audit records the removal. It is recorded before the file is removed, so the sender then finds
    // who did it.
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
