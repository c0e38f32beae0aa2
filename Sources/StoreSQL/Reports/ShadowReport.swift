// The results of a shadow, for `usher policy shadow`.
import Routing

extension SQLStore {
  /// The results of the shadow that began in generation `since`.
  package func shadowReport(of tenant: TenantKey, since: Int64) throws -> ShadowReport {
    let generations = """
      generation IN (SELECT generation FROM policy_changes WHERE tenant_id = ?1 AND shadow_since = ?2)
      """
    return try reading { db in
      let arguments: SQLArguments = [tenant.raw, since]
      return ShadowReport(
        counts: try ShadowReport.counts(db, generations, arguments),
        differences: try ShadowReport.differences(db, generations, arguments),
        samples: try ShadowReport.samples(db, generations, arguments))
    }
  }
}

extension ShadowReport {
  fileprivate static func counts(
    _ db: any SQLConnection, _ generations: String, _ arguments: SQLArguments
  ) throws -> ShadowComparison.Counts {
    let sql = """
      SELECT coalesce(sum(compared), 0) AS compared, coalesce(sum(agreed), 0) AS agreed,
        coalesce(sum(faults), 0) AS faults, coalesce(sum(live_faults), 0) AS live_faults,
        coalesce(sum(not_asked), 0) AS not_asked, coalesce(sum(instructions), 0) AS instructions,
        coalesce(max(instructions_max), 0) AS instructions_max,
        coalesce(sum(live_instructions), 0) AS live_instructions,
        coalesce(max(live_instructions_max), 0) AS live_instructions_max
      FROM shadow_tallies WHERE tenant_id = ?1 AND \(generations)
      """
    var counts = ShadowComparison.Counts()
    try db.each(sql, arguments) { row in
      counts.compared = row["compared"]
      counts.agreed = row["agreed"]
      counts.faults = row["faults"]
      counts.liveFaults = row["live_faults"]
      counts.notAsked = row["not_asked"]
      counts.instructions = row["instructions"]
      counts.instructionsMax = row["instructions_max"]
      counts.liveInstructions = row["live_instructions"]
      counts.liveInstructionsMax = row["live_instructions_max"]
    }
    return counts
  }

  fileprivate static func differences(
    _ db: any SQLConnection, _ generations: String, _ arguments: SQLArguments
  ) throws -> [Difference] {
    let sql = """
      SELECT live_outcome, live_reason, shadow_outcome, shadow_reason, sum(decisions) AS decisions
      FROM shadow_differences WHERE tenant_id = ?1 AND \(generations) GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4
      """
    return try db.all(sql, arguments) { row in
      Difference(
        kind: ShadowComparison.Kind(
          liveOutcome: Outcome(rawValue: row["live_outcome"]) ?? .wait, liveReason: row["live_reason"],
          shadowOutcome: Outcome(rawValue: row["shadow_outcome"]) ?? .wait, shadowReason: row["shadow_reason"]),
        decisions: row["decisions"])
    }
  }

  fileprivate static func samples(
    _ db: any SQLConnection, _ generations: String, _ arguments: SQLArguments
  ) throws -> [Sample] {
    let sql = """
      SELECT contact, at, live_outcome, live_device, live_reason, shadow_outcome, shadow_device, shadow_reason,
        shadow_instructions
      FROM shadow_samples WHERE tenant_id = ?1 AND \(generations) ORDER BY generation, number
      """
    return try db.all(sql, arguments) { row in
      let contact = ContactID(stored: row["contact"])
      return Sample(
        at: Instant(milliseconds: row["at"]),
        sample: ShadowComparison.Sample(
          contact: contact, live: verdict(row, "live"), shadow: verdict(row, "shadow"),
          instructions: row["shadow_instructions"]))
    }
  }

  private static func verdict(_ row: SQLRow, _ role: String) -> ShadowComparison.Verdict {
    ShadowComparison.Verdict(
      outcome: Outcome(rawValue: row["\(role)_outcome"]) ?? .wait,
      device: (row["\(role)_device"] as String?).map(DeviceID.init(stored:)), reason: row["\(role)_reason"])
  }
}
