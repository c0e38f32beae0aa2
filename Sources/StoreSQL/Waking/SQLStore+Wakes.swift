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
