import Routing

/// The reads of one snapshot, inside a read transaction. An engine adds the read of due steps.
package protocol SQLSnapshot: StoreHistory {
  associatedtype Connection: SQLConnection

  var db: Connection { get }
  var zones: ZoneDatabase { get }

  /// The leader's sends, if the reader has them.
  var leaderWindows: SendWindows? { get }

  /// The cache shared with other snapshots of the same time.
  var shared: SharedReads { get }
}

extension SQLSnapshot {
  /// With their guards, in key order. Walks over tenants and guards.
  package func tenants() throws -> [Tenant] {
    let guards = try GuardRows(db)
    return try db.all("SELECT \(TenantRow.columns) FROM tenants t ORDER BY t.id") { row in
      TenantRow.tenant(row, guards: guards)
    }
  }

  /// Without retired devices. Reads sends and failures once for all tenants at one time.
  package func fleet(of tenant: Tenant, at now: Instant) throws -> Fleet {
    let loads = try DeviceLoads(
      reading: db, of: tenant.key, at: now, windows: try windows(at: now),
      failures: try shared.failures(at: now) { try DeviceLoads.failures(db, at: now) })
    let sql = """
      SELECT \(DeviceRow.columns) FROM user_devices d
      WHERE d.tenant_id = ?1 AND d.status <> 'retired' ORDER BY d.id
      """
    let members = try db.all(sql, [tenant.key.raw]) { row in loads.member(DeviceRow.device(row)) }
    return Fleet(
      tenant: tenant.id, now: now, members: members, utcOffsetMinutes: zones.minutes(of: tenant.timeZone, at: now),
      bulkShare: tenant.bulkShare)
  }

  /// The latest one; one index lookup.
  package func generation(of tenant: TenantKey) throws -> PolicyGeneration? { try Activations(db).current(of: tenant) }

  /// Uses the index of changes; costs nothing if there were none after `seen`.
  package func generations(after seen: Int64) throws -> PolicyGenerations {
    try Activations(db).generations(after: seen)
  }

  /// The last change of the live policies.
  package func liveChange(of tenant: TenantKey) throws -> PolicyChange? { try Activations(db).liveChange(of: tenant) }

  /// 0 before a process has logged one.
  package func lastLoggedChange() throws -> Int64 {
    try db.value("SELECT logged_change FROM leader WHERE id = 1") ?? 0
  }

  /// In key order, oldest first.
  package func lineupChanges(after last: Int64) throws -> [LineupChange] { try LineupChanges(db).all(after: last) }

  /// Entries only for files that were refused or are held.
  package func fileStates(of tenant: TenantKey) throws -> [String: PolicyFileState] {
    let sql = """
      SELECT policy, refusal AS reason, code, 1 AS is_refused FROM policy_refusals WHERE tenant_id = ?1
      UNION ALL SELECT policy, reason, code, 0 FROM held_files WHERE tenant_id = ?1
      """
    var states: [String: PolicyFileState] = [:]
    try db.each(sql, [tenant.raw]) { row in
      let (policy, reason): (String, String) = (row["policy"], row["reason"])
      let code = ReasonCode.known(row["code"])
      states[policy] =
        row["is_refused"] ? .refused(reason, code: code) : states[policy] ?? .held(reason, code: code)
    }
    return states
  }

  /// False before a process has led the store.
  package func isPinned() throws -> Bool { try db.value("SELECT pinned FROM leader WHERE id = 1") ?? false }

  /// All recorded sources of the tenant's policies, accepted or rolled back.
  package func texts(of tenant: TenantKey) throws -> [PolicyText] { try PolicyTexts(db, of: tenant).all() }

  /// Zeros for a generation without rows.
  package func canaryTallies(of tenant: TenantKey, in generation: Int64) throws -> CanaryTallies {
    try CanaryTallyRows(db).tallies(of: tenant, in: generation)
  }

  /// One row for each revision with faults.
  package func streaks(of tenant: TenantKey) throws -> [PolicyStreak] { try PolicyStreak.all(of: tenant, in: db) }

  /// One look-up.
  package func probeRequests(of tenant: TenantKey) throws -> Int {
    try db.value("SELECT requests FROM policy_probes WHERE tenant_id = ?1", [tenant.raw]) ?? 0
  }

  /// Reads the first due entry of each tenant in the index of due steps.
  package func busyTenants(at now: Instant) throws -> Int {
    let sql = """
      SELECT count(*) FROM tenants t WHERE EXISTS (
        SELECT 1 FROM sequence_contacts c INDEXED BY sequence_contacts_due
        WHERE c.tenant_id = t.id AND c.next_at <= ?1)
      """
    return try db.value(sql, [now.milliseconds], as: Int.self) ?? 0
  }

  /// The leader's windows while they are complete for that time; otherwise read from the store.
  private func windows(at now: Instant) throws -> SendWindows {
    if let leaderWindows, leaderWindows.covers(now) { return leaderWindows }
    return try shared.windows(at: now) { try SendWindows(reading: db, at: now) }
  }
}
