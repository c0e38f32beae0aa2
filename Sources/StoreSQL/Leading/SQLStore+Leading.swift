import Routing

extension SQLStore {
  /// Makes this process the leader; see `OutboxStore`. Reads the sends of the last 24 hours once.
  package func becomeLeader(processID: Int32, at now: Instant, isPinned: Bool) throws -> LeaderEpoch {
    try writing { db in
      let epoch = try db.value(
        """
        INSERT INTO leader (id, epoch, process_id, build, since, pinned) VALUES (1, 1, ?1, ?2, ?3, ?4)
        ON CONFLICT (id) DO UPDATE SET epoch = leader.epoch + 1, process_id = excluded.process_id,
          build = excluded.build, since = excluded.since, pinned = excluded.pinned
        RETURNING epoch
        """, [processID, build, now.milliseconds, isPinned], as: Int64.self)
      guard let epoch else { throw StoreError.conflict("expected one row of leader, found none") }
      try SendPeriods(db).advance(to: now)
      let loaded = try SendWindows(reading: db, at: now, token: changeToken(db))
      windows.withLock { $0 = loaded }
      return LeaderEpoch(epoch)
    }
  }

  /// Begins a generation of the tenant's policies; see `CycleStore`.
  package func begin(
    _ draft: GenerationDraft, for tenant: TenantKey, after last: Int64, epoch: LeaderEpoch
  ) throws -> Int64 {
    try write(under: epoch) { db in try Activations(db).begin(draft, for: tenant, after: last) }
  }

  /// Records sources of policy files that were accepted or rolled back; see `CycleStore`.
  package func recordTexts(
    _ texts: [PolicyText], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) throws {
    try write(under: epoch) { db in try PolicyTexts(db, of: tenant).replace(with: texts, at: now) }
  }

  /// Records or clears why a policy file was refused; see `CycleStore`.
  package func recordRefusal(
    _ refusal: String?, code: ReasonCode?, of policy: String, for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) throws {
    try write(under: epoch) { db in
      guard let refusal else {
        try db.change(
          "DELETE FROM policy_refusals WHERE tenant_id = ?1 AND policy = ?2", [tenant.raw, policy])
        return
      }
      try db.change(
        """
        INSERT INTO policy_refusals (tenant_id, policy, refusal, at, code) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (tenant_id, policy) DO UPDATE SET refusal = excluded.refusal, at = excluded.at,
          code = excluded.code
        """, [tenant.raw, policy, refusal, now.milliseconds, code?.rawValue])
    }
  }

  /// Records or clears why a valid policy file is held; see `CycleStore`.
  package func recordHeld(
    _ reason: String?, code: ReasonCode?, of policy: String, for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) throws {
    try write(under: epoch, isOfSends: false) { db in
      guard let reason else {
        try db.change("DELETE FROM held_files WHERE tenant_id = ?1 AND policy = ?2", [tenant.raw, policy])
        return
      }
      try db.change(
        """
        INSERT INTO held_files (tenant_id, policy, reason, at, code) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (tenant_id, policy) DO UPDATE SET reason = excluded.reason, at = excluded.at,
          code = excluded.code
        """, [tenant.raw, policy, reason, now.milliseconds, code?.rawValue])
    }
  }

  /// Records the last policy change that was logged; see `CycleStore`.
  package func recordLogged(upTo change: Int64, epoch: LeaderEpoch) throws {
    try write(under: epoch, isOfSends: false) { db in
      _ = try db.change("UPDATE leader SET logged_change = ?1 WHERE logged_change < ?1", [change])
    }
  }
}
