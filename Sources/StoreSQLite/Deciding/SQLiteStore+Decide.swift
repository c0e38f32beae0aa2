import Routing
import StoreSQL

extension SQLiteStore {
  /// The result of a batch; valid once its transaction is committed.
  private struct Decided {
    let counts: DecisionCounts
    let record: FleetRecordWriter.Written?
    /// The comparison whose counts were written.
    let shadow: ShadowComparison?
    let asked: Int
    let memory: WaitlistMemory
    let hasMore: Bool
  }

  /// Decides due steps and commits the changes, all or nothing; see `CycleStore`.
  ///
  /// A row that cannot be read waits for an hour, with the reason on record, and counts as a fault. A step that already
  /// has a message is corrected without being decided or counted.
  package func decide(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, with decider: () throws -> any StepDecider
  ) throws -> DecidedBatch {
    let body = { (db: SQLiteConnection) throws -> Decided in
      var batch = DecisionBatch(
        try self.writer.statements(db, zones: self.zones), tenant: tenant, at: now,
        memory: self.writer.waitlists(of: tenant, under: epoch))
      let counts = try batch.run(limit: limit, with: decider)
      let record = try batch.finish(after: self.writer.chain(of: tenant), db)
      return Decided(
        counts: counts, record: record, shadow: batch.shadow, asked: batch.asked, memory: batch.memory,
        hasMore: batch.hasMore)
    }
    let decided = try write(
      under: epoch, isOfSends: false,
      afterwards: { decided in
        if let chain = decided.record?.chain { self.writer.recorded(chain, of: tenant) }
        decided.shadow?.empty()
        self.writer.remember(decided.memory, of: tenant)
      }, body)
    return DecidedBatch(
      counts: decided.counts, record: decided.record?.key, asked: decided.asked, hasMore: decided.hasMore)
  }
}
