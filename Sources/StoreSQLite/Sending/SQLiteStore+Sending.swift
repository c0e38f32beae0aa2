import Routing
import StoreSQL

extension SQLiteStore {
  /// Leases messages that are allowed to leave now; see `OutboxStore`. Ordered by device key and message key.
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
}
