import Routing

extension SQLStore {
  /// Replaces the tenant's recorded streaks with `streaks`; see `CycleStore`.
  package func recordStreaks(
    _ streaks: [PolicyStreak], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) throws {
    try write(under: epoch, isOfSends: false) { db in
      try db.change("DELETE FROM policy_streaks WHERE tenant_id = ?1", [tenant.raw])
      for streak in streaks {
        try db.change(
          """
          INSERT INTO policy_streaks (tenant_id, revision, policy, faults, last_fault, suspended_at, last_fault_code)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
          """,
          [
            tenant.raw, streak.revision, streak.policy, streak.faults, streak.lastFault.asReason,
            streak.suspendedAt?.milliseconds, streak.lastFaultCode?.rawValue,
          ])
      }
    }
  }
}

extension PolicyStreak {
  /// The tenant's rows, ordered by policy.
  static func all(of tenant: TenantKey, in db: any SQLConnection) throws -> [PolicyStreak] {
    let sql = """
      SELECT policy, revision, faults, last_fault, last_fault_code, suspended_at FROM policy_streaks WHERE tenant_id = ?1
      ORDER BY policy, revision
      """
    return try db.all(sql, [tenant.raw]) { row in
      PolicyStreak(
        policy: row["policy"], revision: row["revision"], faults: row["faults"], lastFault: row["last_fault"],
        lastFaultCode: ReasonCode.known(row["last_fault_code"]),
        suspendedAt: (row["suspended_at"] as Int64?).map(Instant.init(milliseconds:)))
    }
  }
}
