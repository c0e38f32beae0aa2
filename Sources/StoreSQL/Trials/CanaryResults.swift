import Routing

/// The canary counts of one batch of send results.
///
/// A message counts for the side that decided it, in the tenant's latest generation. Both sides are thus compared over
/// the same period, even if the share was widened while messages waited.
package struct CanaryResults {
  private let db: any SQLConnection
  /// Keyed by tenant; usually empty, because few tenants run a canary.
  private let canaries: [String: Canary]

  private struct Canary {
    let tenant: TenantKey
    let generation: Int64
    let since: Int64
  }

  /// Reads which tenants run a canary, from an index that is empty without one.
  package init(_ db: any SQLConnection) throws {
    self.db = db
    let sql = """
      SELECT t.external_id AS tenant, p.tenant_id, p.generation, p.canary_since
      FROM policy_changes p INDEXED BY policy_changes_canary
      JOIN tenants t ON t.id = p.tenant_id
      WHERE p.canary_share IS NOT NULL
        AND p.generation = (SELECT max(generation) FROM policy_changes WHERE tenant_id = p.tenant_id)
      """
    var canaries: [String: Canary] = [:]
    try db.each(sql) { row in
      canaries[row["tenant"]] = Canary(
        tenant: TenantKey(row["tenant_id"]), generation: row["generation"], since: row["canary_since"])
    }
    self.canaries = canaries
  }

  /// Writes immediately, in the transaction of the results; costs nothing without a canary.
  package func add(_ results: [SendResult]) throws {
    guard !canaries.isEmpty else { return }
    var tallies: [TenantKey: CanaryTallies] = [:]
    for result in results {
      guard let canary = canaries[result.message.tenant.text], let isSent = CanaryResults.isSent(result.outcome),
        let side = try side(of: result.message, canary)
      else { continue }
      var tally = CanaryTally()
      if isSent { tally.sent = 1 } else { tally.failed = 1 }
      tallies[canary.tenant, default: CanaryTallies()][side] += tally
    }
    for canary in canaries.values.sorted(by: { $0.tenant.raw < $1.tenant.raw }) {
      guard let tally = tallies[canary.tenant] else { continue }
      try CanaryTallyRows(db).add(tally, of: canary.tenant, in: canary.generation)
    }
  }

  /// Nil for a message that returns to its queue: it counts against neither side.
  private static func isSent(_ outcome: SendOutcome) -> Bool? {
    switch outcome {
    case .accepted: true
    case .refused, .unknown: false
    case .deviceFault, .notSent: nil
    }
  }

  /// The side that decided the message; nil if that was before the canary began, or an operator's decision.
  private func side(of message: Message, _ canary: Canary) throws -> PolicyLineup.Side? {
    let sql = """
      SELECT p.canary_share, p.canary_since FROM broadcast_messages m
      JOIN decisions d ON d.id = m.decision_id
      JOIN fleet_records f ON f.id = d.fleet_id
      JOIN policy_changes p ON p.tenant_id = f.tenant_id AND p.generation = f.generation
      WHERE m.id = ?1 AND d.revision_id IS NOT NULL
      """
    let share = try db.first(sql, [message.key.raw]) { row in
      (parts: row["canary_share"] as Int?, since: row["canary_since"] as Int64?)
    }
    guard let parts = share?.parts, let since = share?.since, since == canary.since else { return nil }
    return ContactShare(partsPerMillion: parts, salt: since).contains(message.contact) ? .canary : .live
  }
}
