import Routing

/// The rows of a shadow: its counts in a generation, the kinds of differences, and samples.
package struct ShadowRows {
  private let db: any SQLConnection

  /// For one transaction.
  package init(_ db: any SQLConnection) { self.db = db }

  /// Adds the comparisons since the last commit, in the transaction of the live decisions. Does not change the comparison:
  /// the caller empties it after the commit.
  package func add(_ comparison: ShadowComparison, of tenant: TenantKey, in generation: Int64, at now: Instant) throws {
    guard !comparison.isEmpty else { return }
    try add(comparison.counts, tenant.raw, generation)
    try add(comparison.kinds, tenant.raw, generation)
    try add(comparison.samples, tenant.raw, generation, at: now)
  }

  private func add(_ counts: ShadowComparison.Counts, _ tenant: Int64, _ generation: Int64) throws {
    try db.change(
      """
      INSERT INTO shadow_tallies (tenant_id, generation, compared, agreed, faults, live_faults, not_asked,
        instructions, instructions_max, live_instructions, live_instructions_max)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
      ON CONFLICT (tenant_id, generation) DO UPDATE SET
        compared = shadow_tallies.compared + excluded.compared, agreed = shadow_tallies.agreed + excluded.agreed,
        faults = shadow_tallies.faults + excluded.faults,
        live_faults = shadow_tallies.live_faults + excluded.live_faults,
        not_asked = shadow_tallies.not_asked + excluded.not_asked,
        instructions = shadow_tallies.instructions + excluded.instructions,
        instructions_max = max(shadow_tallies.instructions_max, excluded.instructions_max),
        live_instructions = shadow_tallies.live_instructions + excluded.live_instructions,
        live_instructions_max = max(shadow_tallies.live_instructions_max, excluded.live_instructions_max)
      """,
      [
        tenant, generation, counts.compared, counts.agreed, counts.faults, counts.liveFaults, counts.notAsked,
        counts.instructions, counts.instructionsMax, counts.liveInstructions, counts.liveInstructionsMax,
      ])
  }

  private func add(_ kinds: [ShadowComparison.Kind: Int], _ tenant: Int64, _ generation: Int64) throws {
    guard !kinds.isEmpty else { return }
    var count = try rows(of: "shadow_differences", tenant, generation, but: ShadowComparison.otherReasons)
    // A fixed order, not that of a dictionary, determines which kinds are kept.
    let sorted = kinds.sorted { ShadowRows.order($0.key).lexicographicallyPrecedes(ShadowRows.order($1.key)) }
    for (kind, decisions) in sorted {
      let isNew = try kind != ShadowComparison.others(like: kind) && !isThere(kind, tenant, generation)
      let kept = isNew && count >= ShadowComparison.kindsMax ? ShadowComparison.others(like: kind) : kind
      if isNew, count < ShadowComparison.kindsMax { count += 1 }
      try db.change(
        """
        INSERT INTO shadow_differences
          (tenant_id, generation, live_outcome, live_reason, shadow_outcome, shadow_reason, decisions)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (tenant_id, generation, live_outcome, live_reason, shadow_outcome, shadow_reason)
          DO UPDATE SET decisions = shadow_differences.decisions + excluded.decisions
        """,
        [
          tenant, generation, kept.liveOutcome.rawValue, kept.liveReason.asReason, kept.shadowOutcome.rawValue,
          kept.shadowReason.asReason, decisions,
        ])
    }
  }

  private static func order(_ kind: ShadowComparison.Kind) -> [String] {
    [kind.liveOutcome.rawValue, kind.liveReason, kind.shadowOutcome.rawValue, kind.shadowReason]
  }

  private func isThere(_ kind: ShadowComparison.Kind, _ tenant: Int64, _ generation: Int64) throws -> Bool {
    let sql = """
      SELECT CASE WHEN EXISTS (
        SELECT 1 FROM shadow_differences WHERE tenant_id = ?1 AND generation = ?2 AND live_outcome = ?3
          AND live_reason = ?4 AND shadow_outcome = ?5 AND shadow_reason = ?6) THEN 1 ELSE 0 END
      """
    return try db.value(
      sql,
      [
        tenant, generation, kind.liveOutcome.rawValue, kind.liveReason.asReason, kind.shadowOutcome.rawValue,
        kind.shadowReason.asReason,
      ], as: Bool.self) ?? false
  }

  private func add(
    _ samples: [ShadowComparison.Sample], _ tenant: Int64, _ generation: Int64, at now: Instant
  ) throws {
    guard !samples.isEmpty else { return }
    let count = try rows(of: "shadow_samples", tenant, generation)
    for (index, sample) in samples.prefix(max(0, ShadowComparison.samplesMax - count)).enumerated() {
      try db.change(
        """
        INSERT INTO shadow_samples (tenant_id, generation, number, contact, at, live_outcome, live_device, live_reason,
          shadow_outcome, shadow_device, shadow_reason, shadow_instructions)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        """,
        [
          tenant, generation, count + index + 1, sample.contact.text, now.milliseconds,
          sample.live.outcome.rawValue, sample.live.device?.text, sample.live.reason.asReason,
          sample.shadow.outcome.rawValue, sample.shadow.device?.text, sample.shadow.reason.asReason,
          sample.instructions,
        ])
    }
  }

  /// The number of rows in a generation, except those with `reason`.
  private func rows(
    of table: String, _ tenant: Int64, _ generation: Int64, but reason: String = ""
  ) throws -> Int {
    let sql = "SELECT count(*) FROM \(table) WHERE tenant_id = ?1 AND generation = ?2 AND live_reason <> ?3"
    return try db.value(sql, [tenant, generation, reason], as: Int.self) ?? 0
  }
}
