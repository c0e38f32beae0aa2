import Routing
import StoreSQL

extension SQLiteStore {
  /// Decides due steps and commits what comes of it, all or nothing; see `CycleStore`.
  ///
  /// A row that cannot be read waits for an hour with its reason and counts as a fault. A step that a message carries
  /// already is put right without being decided or counted.
  package func decide(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, basis: () -> DecisionBasis?,
    foresee: (DueStep) -> Void, decide: (DueStep) throws -> StepCommit
  ) throws -> DecisionCounts {
    let body = { (db: SQLiteConnection) throws -> (DecisionCounts, TurnRecord.Committed?) in
      var batch = DecisionBatch(try self.writer.statements(db, zones: self.zones), tenant: tenant, at: now)
      let counts = try batch.run(limit: limit, basis: basis, foresee: foresee, decide: decide)
      let record = try batch.record(after: self.writer.chain(of: tenant))
      try batch.tally?.write(to: db)
      if let basis = record?.basis { try ShadowRows(db).add(basis, of: tenant, at: now) }
      return (counts, record)
    }
    let (counts, _) = try write(
      under: epoch, isOfSends: false,
      afterwards: { result in
        self.writer.recorded(result.1)
        result.1?.basis.shadow?.empty()
      }, body)
    return counts
  }
}
