internal import GRDB
import Routing

extension SQLiteStore {
  /// Makes `streaks` the ones on record for the tenant; see `Store`.
  package func recordStreaks(
    _ streaks: [PolicyStreak], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) throws {
    try write(under: epoch, isOfSends: false) { db in
      try db.change("DELETE FROM policy_streaks WHERE tenant_id = ?", [tenant.raw])
      for streak in streaks {
        try db.change(
          """
          INSERT INTO policy_streaks (tenant_id, revision, policy, faults, last_fault, suspended_at)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
          [
            tenant.raw, streak.revision, streak.policy, streak.faults, streak.lastFault.asReason,
            streak.suspendedAt?.milliseconds,
          ])
      }
    }
  }
}

extension PolicyStreak {
  /// The rows of a tenant, by policy.
  static func all(of tenant: TenantKey, in db: Database) throws -> [PolicyStreak] {
    let sql = """
      SELECT policy, revision, faults, last_fault, suspended_at FROM policy_streaks WHERE tenant_id = ?
      ORDER BY policy, revision
      """
    return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [tenant.raw]).map { row in
      PolicyStreak(
        policy: row[0], revision: row[1], faults: row[2], lastFault: row[3],
        suspendedAt: (row[4] as Int64?).map(Instant.init(milliseconds:)))
    }
  }
}
