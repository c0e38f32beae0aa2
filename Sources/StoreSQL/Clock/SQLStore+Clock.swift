import Routing

extension SQLStore {
  /// The newest time on record if it is well ahead of `now`; see `ClockStore`.
  package func newestAhead(of now: Instant) throws -> Instant? {
    let newest = try reading { db in try TimesAheadQuery(db).newest() }
    let limit = now.advanced(byMilliseconds: TimesAhead.toleranceMilliseconds)
    return newest.flatMap { $0 > limit ? $0 : nil }
  }

  /// All rows with times later than `now`; see `ClockStore`.
  package func timesAhead(of now: Instant) throws -> TimesAhead {
    try reading { db in try TimesAheadQuery(db).all(at: now) }
  }

  /// Holds the whole store because of the clock; see `ClockStore`.
  package func holdForClock(
    reason: String, actor: Actor, at now: Instant, epoch: LeaderEpoch
  ) throws -> SendingHold {
    try write(under: epoch, isOfSends: false) { db in
      try HoldRows.start(SendingHold(tenant: nil, kind: .clock, reason: reason, actor: actor, at: now), in: db)
    }
  }

  /// Corrects the times that lie ahead, and ends the hold; see `ClockStore`.
  package func acceptClock(by note: OperatorNote, reason: String, isDryRun: Bool) throws -> ClockCorrection {
    do {
      return try writing { db in
        let correction = try correctTimes(db, by: note, reason: reason)
        // Thrown so that the transaction is undone.
        if isDryRun { throw DryRunOfClock(correction: correction) }
        return correction
      }
    } catch let undone as DryRunOfClock {
      var correction = undone.correction
      correction.isDryRun = true
      return correction
    }
  }

  private func correctTimes(_ db: Connection, by note: OperatorNote, reason: String) throws -> ClockCorrection {
    let now = note.at
    if let first: Int64 = try db.value("SELECT min(created_at) FROM tenants"),
      first > now.advanced(byMilliseconds: TimesAhead.toleranceMilliseconds).milliseconds
    {
      throw OperatorError.refused(
        "expected a clock that is right, found \(now.rfc3339), before the first tenant was created at "
          + "\(Instant(milliseconds: first).rfc3339): set the clock of this machine, then run this command again")
    }
    let query = try TimesAheadQuery(db)
    var correction = ClockCorrection(found: try query.all(at: now))
    let hold = try HoldRows.inForce(db).first { $0.tenant == nil && $0.kind == .clock }
    guard !correction.found.lines.isEmpty || hold != nil else { return correction }
    var repair = ClockRepair(db, at: now, ahead: query)
    (correction.changes, correction.shiftMilliseconds) = try repair.run(correction.found)
    if let hold {
      try HoldRows.release(hold, of: nil, reason: reason, actor: note.actor, at: now, in: db)
      correction.released = hold
    }
    try AuditEntry(
      actor: note.actor, action: "accept", subject: "store", detail: correction.detail, reason: reason, at: now
    ).record(in: db)
    return correction
  }
}

/// Undoes the transaction of a dry run, and carries its result.
private struct DryRunOfClock: Error {
  let correction: ClockCorrection
}
