import Routing
import StoreSQL

extension SQLiteStore {
  /// What a batch wrote, which holds once its transaction is committed.
  private struct Decided {
    let counts: DecisionCounts
    let record: FleetRecordWriter.Written?
    /// Whose counts are written.
    let shadow: ShadowComparison?
  }

  /// Decides due steps and commits what follows, all or nothing; see `CycleStore`.
  ///
  /// A row that cannot be read waits for an hour with its reason and counts as a fault. A step that a message carries
  /// already is put right without being decided or counted.
  package func decide(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, with decider: () throws -> any StepDecider
  ) throws -> DecidedBatch {
    let body = { (db: SQLiteConnection) throws -> Decided in
      var batch = DecisionBatch(try self.writer.statements(db, zones: self.zones), tenant: tenant, at: now)
      let counts = try batch.run(limit: limit, with: decider)
      let record = try batch.finish(after: self.writer.chain(of: tenant), db)
      return Decided(counts: counts, record: record, shadow: batch.shadow)
    }
    let decided = try write(
      under: epoch, isOfSends: false,
      afterwards: { decided in
        if let chain = decided.record?.chain { self.writer.recorded(chain, of: tenant) }
        decided.shadow?.empty()
      }, body)
    return DecidedBatch(counts: decided.counts, record: decided.record?.key)
  }
}
