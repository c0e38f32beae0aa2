internal import GRDB
import Routing

extension SQLiteStore {
  /// Decides due steps and commits what comes of it, all or nothing; see `Store`.
  ///
  /// A row that cannot be read waits for an hour with its reason and counts as a fault. A step that a message carries
  /// already is put right without being decided or counted.
  package func decide(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, foresee: (DueStep) -> Void,
    decide: (DueStep) throws -> StepCommit
  ) throws -> DecisionCounts {
    try write(under: epoch) { db in
      var batch = DecisionBatch(try writer.statements(db), tenant: tenant, at: now)
      return try batch.run(limit: limit, foresee: foresee, decide: decide)
    }
  }
}
