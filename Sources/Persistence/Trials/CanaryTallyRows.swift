internal import GRDB
import Routing

/// The rows of `canary_tallies`: what either side of a canary came to in one generation.
struct CanaryTallyRows {
  private let db: Database

  init(_ db: Database) { self.db = db }

  func tallies(of tenant: TenantKey, in generation: Int64) throws -> CanaryTallies {
    let sql = """
      SELECT role, decided, judged, faults, waiting, moved, sent, failed FROM canary_tallies
      WHERE tenant_id = ? AND generation = ?
      """
    var tallies = CanaryTallies()
    for row in try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [tenant.raw, generation]) {
      guard let side = PolicyLineup.Side(rawValue: row[0]) else { continue }
      var tally = CanaryTally()
      (tally.decided, tally.judged, tally.faults, tally.waiting) = (row[1], row[2], row[3], row[4])
      (tally.moved, tally.sent, tally.failed) = (row[5], row[6], row[7])
      tallies[side] = tally
    }
    return tallies
  }

  /// Counts on, inside the transaction of what is counted.
  func add(_ tallies: CanaryTallies, of tenant: TenantKey, in generation: Int64) throws {
    for side in PolicyLineup.Side.allCases where tallies[side] != CanaryTally() {
      let tally = tallies[side]
      try db.change(
        """
        INSERT INTO canary_tallies
          (tenant_id, generation, role, decided, judged, faults, waiting, moved, sent, failed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant_id, generation, role) DO UPDATE SET
          decided = decided + excluded.decided, judged = judged + excluded.judged,
          faults = faults + excluded.faults, waiting = waiting + excluded.waiting, moved = moved + excluded.moved,
          sent = sent + excluded.sent, failed = failed + excluded.failed
        """,
        [
          tenant.raw, generation, side.rawValue, tally.decided, tally.judged, tally.faults, tally.waiting,
          tally.moved, tally.sent, tally.failed,
        ])
    }
  }
}
