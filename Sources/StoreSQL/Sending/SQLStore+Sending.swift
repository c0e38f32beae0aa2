import Routing

extension SQLStore {
  /// Records the outcomes of claimed messages, all or nothing; see `OutboxStore`.
  ///
  /// Throws `StoreError.conflict` if one of them is not being sent under `epoch`; call again without that one.
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

  /// Leases claims of an earlier process to the caller for `ClaimBatch.recoveryLeaseSeconds`, so that `finish` accepts
  /// them with `epoch`; see `OutboxStore`. Makes no new attempt: the idempotency key stays the one that the gateway may
  /// know.
  package func abandonedClaims(at now: Instant, epoch: LeaderEpoch) throws -> [Message] {
    try write(under: epoch) { db in
      let sql = """
        \(MessageRow.selection)
        WHERE m.status = 'sending' AND (m.lease_epoch <> ?1 OR m.lease_until <= ?2)
        ORDER BY m.device_id, m.priority, m.id
        """
      let rows = try db.all(sql, [epoch.raw, now.milliseconds], MessageRow.init)
      let until = now.advanced(bySeconds: ClaimBatch.recoveryLeaseSeconds).milliseconds
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

  /// The leader's windows, read again if anyone else may have added sends.
  package func currentWindows(_ db: Connection, at now: Instant) throws -> SendWindows {
    let token = try changeToken(db)
    if let current = windows.withLock({ $0 }), current.isCurrent(at: now, token: token) { return current }
    let loaded = try SendWindows(reading: db, at: now, token: token)
    windows.withLock { $0 = loaded }
    return loaded
  }

  /// Called after the commit, so that a send that was rolled back never fills a window.
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

  /// Messages that a process has claimed and not finished, in the scope of a hold: all of them, and those with a valid
  /// lease.
  package func claimed(of tenant: TenantID?, at now: Instant) throws -> (all: Int, leased: Int) {
    try reading { db in
      let sql = """
        SELECT count(*) AS claimed, count(CASE WHEN m.lease_until > ?1 THEN 1 END) AS leased
        FROM broadcast_messages m INDEXED BY broadcast_messages_sending
        WHERE m.status = 'sending'
          AND (m.tenant_id = (SELECT id FROM tenants WHERE external_id = ?2) OR ?2 IS NULL)
        """
      let counts = try db.first(sql, [now.milliseconds, tenant?.text]) { row in
        (all: row["claimed"] as Int, leased: row["leased"] as Int)
      }
      return counts ?? (all: 0, leased: 0)
    }
  }
}
