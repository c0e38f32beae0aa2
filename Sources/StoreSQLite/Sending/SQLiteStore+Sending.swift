import Routing
import StoreSQL

extension SQLiteStore {
  /// How long a recovered claim is leased to the process that recovers it; seconds.
  package static let recoveryLeaseSeconds: Int64 = 300

  /// Leases messages that may leave now; see `Store`. In the order of device key and message key.
  package func claim(
    limit: Int, at now: Instant, leaseUntil: Instant, epoch: LeaderEpoch, draw: (MessageKey) -> Double
  ) throws -> [Message] {
    try withoutActuallyEscaping(draw) { draw in
      try write(under: epoch) { db in
        let stated = holdFile.isThere ? holdFile.holds() : []
        let batch = ClaimBatch(
          db, at: now, leaseUntil: leaseUntil, epoch: epoch, draw: draw,
          holds: try HoldRows.inForce(db).joined(by: stated))
        return try batch.run(limit: limit, windows: try currentWindows(db, at: now))
      }
    }
  }

  /// Records what came of claimed messages, all or nothing; see `Store`.
  ///
  /// Throws `StoreError.conflict` when one of them is not being sent under `epoch`; then hand the others in without it.
  package func finish(_ results: [SendResult], at now: Instant, epoch: LeaderEpoch) throws -> SendCounts {
    try write(
      under: epoch, isOfSends: true,
      afterwards: { _ in self.remember(results, at: now) },
      { db in
        var batch = ResultBatch(db, at: now, epoch: epoch)
        let counts = try batch.run(results)
        try CanaryResults(db).add(results)
        return counts
      })
  }

  /// Claims that nobody will finish, leased anew to the caller for `recoveryLeaseSeconds`, so that `finish` takes them
  /// with `epoch`; see `Store`. No attempt is made of it: the idempotency key is the one the gateway may know.
  package func abandonedClaims(at now: Instant, epoch: LeaderEpoch) throws -> [Message] {
    try write(under: epoch) { db in
      let sql = """
        \(MessageRow.selection)
        WHERE m.status = 'sending' AND (m.lease_epoch <> ?1 OR m.lease_until <= ?2)
        ORDER BY m.device_id, m.id
        """
      let rows = try db.all(sql, [epoch.raw, now.milliseconds], MessageRow.init)
      let until = now.advanced(bySeconds: SQLiteStore.recoveryLeaseSeconds).milliseconds
      for row in rows {
        try db.changeOne(
          "UPDATE broadcast_messages SET lease_epoch = ?1, lease_until = ?2 WHERE id = ?3 AND status = 'sending'",
          [epoch.raw, until, row.key], expecting: "message \(row.key) to be sending")
      }
      guard !rows.isEmpty else { return [] }
      let keys = try MessageKeys(reading: db)
      return rows.map { $0.message(keys: keys) }
    }
  }

  private func currentWindows(_ db: SQLiteConnection, at now: Instant) throws -> SendWindows {
    if let current = windows.withLock({ $0 }), try current.isCurrent(at: now, in: db) { return current }
    let loaded = try SendWindows(reading: db, at: now)
    windows.withLock { $0 = loaded }
    return loaded
  }

  /// After the commit, so that a send that was rolled back never fills a window.
  private func remember(_ results: [SendResult], at now: Instant) {
    windows.withLock { windows in
      for result in results {
        switch result.outcome {
        case .accepted, .unknown: windows?.add(result.message.deviceKey, at: now)
        case .refused, .deviceFault, .notSent: break
        }
      }
    }
  }
}
