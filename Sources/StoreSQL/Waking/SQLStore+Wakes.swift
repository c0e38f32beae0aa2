import Routing

extension SQLStore {
  /// Makes the next waits of the open wake due; see `CycleStore`.
  package func wakeNext(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, isOver: () -> Bool
  ) throws -> Wake? {
    try write(under: epoch, isOfSends: false) { db in
      try Wakes(db, of: tenant.raw).next(limit: limit, at: now, isOver: isOver)
    }
  }

  /// Reads first: without such a pause nothing is locked; see `CycleStore`.
  package func wakeAfterPauses(at now: Instant, epoch: LeaderEpoch) throws {
    let sql = """
      SELECT tenant_id, id FROM user_devices INDEXED BY user_devices_paused
      WHERE paused_until > (SELECT pauses_until FROM store WHERE id = 1) AND paused_until <= ?1
      """
    guard try reading({ try $0.first(sql, [now.milliseconds]) { _ in true } }) != nil else { return }
    try write(under: epoch, isOfSends: false) { db in
      var devices: [Int64: Set<Int64>] = [:]
      try db.each(sql, [now.milliseconds]) { devices[$0["tenant_id"], default: []].insert($0["id"]) }
      for (tenant, devices) in devices.sorted(by: { $0.key < $1.key }) {
        try Wakes(db, of: tenant).begin(afterChangeOf: devices, at: now)
      }
      try db.change("UPDATE store SET pauses_until = ?1 WHERE id = 1", [now.milliseconds])
    }
  }

  /// Begins a wake of all waits of a tenant; see `CycleStore`.
  package func beginWake(of tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws {
    try write(under: epoch, isOfSends: false) { db in try Wakes(db, of: tenant.raw).begin(at: now) }
  }
}

extension SQLSnapshot {
  /// One row for each tenant at most.
  package func wakes(onlyOpen: Bool) throws -> [TenantKey: Wake] {
    let sql =
      onlyOpen
      ? "SELECT tenant_id, generation, at, decided, total, ended_at FROM wakes INDEXED BY wakes_open WHERE ended_at IS NULL"
      : "SELECT tenant_id, generation, at, decided, total, ended_at FROM wakes"
    var found: [TenantKey: Wake] = [:]
    try db.each(sql) { row in found[TenantKey(row["tenant_id"])] = Wake(row) }
    return found
  }
}
