import Routing

extension SQLStore {
  /// Enrols leads whose triggers match, all or nothing; see `CycleStore`.
  ///
  /// `choose` is asked once for each lead and sequence. A trigger that matches several sequences is consumed once,
  /// with the reason `enrolled`, `already enrolled`, or why the lead was left out.
  package func enrol(
    tenant: TenantKey, limit: Int, at now: Instant, generation: Int64?, epoch: LeaderEpoch,
    choose: (Lead) throws -> EnrolmentChoice
  ) throws -> EnrolmentCounts {
    try write(under: epoch, isOfSends: false) { db in
      if let generation, try Activations(db).last(of: tenant) != generation { throw StoreError.generationPassed }
      var batch = EnrolmentBatch(db, tenant: tenant, at: now, zones: zones)
      return try batch.run(limit: limit, choose: choose)
    }
  }
}
