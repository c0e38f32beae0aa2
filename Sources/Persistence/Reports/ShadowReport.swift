// What a shadow came to: `usher policy shadow`.
internal import GRDB
import Routing

/// A tenant's shadow beside its live policies, over all the generations that it has been part of.
package struct ShadowReport: Equatable, Sendable {
  package struct Difference: Equatable, Sendable {
    package var kind: ShadowLedger.Kind
    package var decisions: Int
  }

  package struct Sample: Equatable, Sendable {
    package var at: Instant
    package var sample: ShadowLedger.Sample
  }

  package var counts: ShadowLedger.Counts
  /// The most frequent first.
  package var differences: [Difference]
  /// The first ones.
  package var samples: [Sample]
}

extension SQLiteStore {
  /// What a shadow that began in the generation `since` came to.
  package func shadowReport(of tenant: TenantKey, since: Int64) throws -> ShadowReport {
    let generations = """
      generation IN (SELECT generation FROM policy_changes WHERE tenant_id = ?1 AND shadow_since = ?2)
      """
    return try reading { db in
      let arguments: StatementArguments = [tenant.raw, since]
      return ShadowReport(
        counts: try ShadowReport.counts(db, generations, arguments),
        differences: try ShadowReport.differences(db, generations, arguments),
        samples: try ShadowReport.samples(db, generations, arguments))
    }
  }
}

extension ShadowReport {
  fileprivate static func counts(
    _ db: Database, _ generations: String, _ arguments: StatementArguments
  ) throws -> ShadowLedger.Counts {
    let sql = """
      SELECT coalesce(sum(compared), 0), coalesce(sum(agreed), 0), coalesce(sum(faults), 0),
        coalesce(sum(live_faults), 0), coalesce(sum(not_asked), 0), coalesce(sum(instructions), 0),
        coalesce(max(instructions_max), 0), coalesce(sum(live_instructions), 0),
        coalesce(max(live_instructions_max), 0)
      FROM shadow_tallies WHERE tenant_id = ?1 AND \(generations)
      """
    var counts = ShadowLedger.Counts()
    guard let row = try Row.fetchOne(db, sql: sql, arguments: arguments) else { return counts }
    (counts.compared, counts.agreed, counts.faults, counts.liveFaults) = (row[0], row[1], row[2], row[3])
    (counts.notAsked, counts.instructions, counts.instructionsMax) = (row[4], row[5], row[6])
    (counts.liveInstructions, counts.liveInstructionsMax) = (row[7], row[8])
    return counts
  }

  fileprivate static func differences(
    _ db: Database, _ generations: String, _ arguments: StatementArguments
  ) throws -> [Difference] {
    let sql = """
      SELECT live_outcome, live_reason, shadow_outcome, shadow_reason, sum(decisions) FROM shadow_differences
      WHERE tenant_id = ?1 AND \(generations) GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4
      """
    return try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
      Difference(
        kind: ShadowLedger.Kind(
          liveOutcome: Outcome(rawValue: row[0]) ?? .wait, liveReason: row[1],
          shadowOutcome: Outcome(rawValue: row[2]) ?? .wait, shadowReason: row[3]), decisions: row[4])
    }
  }

  fileprivate static func samples(
    _ db: Database, _ generations: String, _ arguments: StatementArguments
  ) throws -> [Sample] {
    let sql = """
      SELECT contact, at, live_outcome, live_device, live_reason, shadow_outcome, shadow_device, shadow_reason,
        shadow_instructions
      FROM shadow_samples WHERE tenant_id = ?1 AND \(generations) ORDER BY generation, number
      """
    return try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
      let verdict = { (first: Int) in
        ShadowLedger.Verdict(
          outcome: Outcome(rawValue: row[first]) ?? .wait,
          device: (row[first + 1] as String?).map(DeviceID.init(stored:)), reason: row[first + 2])
      }
      return Sample(
        at: Instant(milliseconds: row[1]),
        sample: ShadowLedger.Sample(
          contact: ContactID(stored: row[0]), live: verdict(2), shadow: verdict(5), instructions: row[8]))
    }
  }
}
