import Routing

/// The rows of `canary_tallies`: the results of both sides of a canary in one generation.
struct CanaryTallyRows {
  private let db: any SQLConnection

  init(_ db: any SQLConnection) { self.db = db }

  func tallies(of tenant: TenantKey, in generation: Int64) throws -> CanaryTallies {
    let sql = """
      SELECT role, decided, judged, faults, waiting, moved, sent, failed FROM canary_tallies
      WHERE tenant_id = ?1 AND generation = ?2
      """
    var tallies = CanaryTallies()
    try db.each(sql, [tenant.raw, generation]) { row in
      guard let side = PolicyLineup.Side(rawValue: row["role"]) else { return }
      var tally = CanaryTally()
      (tally.decided, tally.judged, tally.faults) = (row["decided"], row["judged"], row["faults"])
      (tally.waiting, tally.moved) = (row["waiting"], row["moved"])
      (tally.sent, tally.failed) = (row["sent"], row["failed"])
      tallies[side] = tally
    }
    return tallies
  }

  /// Adds to the counts, in the transaction of the counted rows.
  func add(_ tallies: CanaryTallies, of tenant: TenantKey, in generation: Int64) throws {
    for side in PolicyLineup.Side.allCases where tallies[side] != CanaryTally() {
      let tally = tallies[side]
      try db.change(
        """
        INSERT INTO canary_tallies
          (tenant_id, generation, role, decided, judged, faults, waiting, moved, sent, failed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT (tenant_id, generation, role) DO UPDATE SET
          decided = canary_tallies.decided + excluded.decided, judged = canary_tallies.judged + excluded.judged,
          faults = canary_tallies.faults + excluded.faults, waiting = canary_tallies.waiting + excluded.waiting,
          moved = canary_tallies.moved + excluded.moved, sent = canary_tallies.sent + excluded.sent,
          failed = canary_tallies.failed + excluded.failed
        """,
        [
          tenant.raw, generation, side.rawValue, tally.decided, tally.judged, tally.faults, tally.waiting,
          tally.moved, tally.sent, tally.failed,
        ])
    }
  }
}
