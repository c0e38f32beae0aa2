import Routing
import Wire

extension SQLStore {
  /// Replaces the tenant's recorded streaks with `streaks`; see `CycleStore`.
  package func recordStreaks(
    _ streaks: [PolicyStreak], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) throws {
    try write(under: epoch, isOfSends: false) { db in
      for table in ["policy_streaks", "policy_answers"] {
        try db.change("DELETE FROM \(table) WHERE tenant_id = ?1", [tenant.raw])
      }
      for streak in streaks {
        if streak.faults > 0 || streak.suspendedAt != nil { try insert(streak, of: tenant, in: db) }
        if streak.answers.isEmpty { continue }
        try db.change(
          "INSERT INTO policy_answers (tenant_id, revision, policy, answers) VALUES (?1, ?2, ?3, ?4)",
          [tenant.raw, streak.revision, streak.policy, JSONText.text(of: streak.answers)])
      }
      // Requests count from the first suspension.
      guard !streaks.contains(where: { $0.suspendedAt != nil }) else { return }
      try db.change("DELETE FROM policy_probes WHERE tenant_id = ?1", [tenant.raw])
    }
  }

  private func insert(_ streak: PolicyStreak, of tenant: TenantKey, in db: any SQLConnection) throws {
    try db.change(
      """
      INSERT INTO policy_streaks (tenant_id, revision, policy, faults, last_fault, suspended_at, last_fault_code,
        samples, probe_at, requests)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      """,
      [
        tenant.raw, streak.revision, streak.policy, max(streak.faults, 1), streak.lastFault.asReason,
        streak.suspendedAt?.milliseconds, streak.lastFaultCode?.rawValue, JSONText.text(of: streak.samples),
        streak.probeAt?.milliseconds, streak.requests,
      ])
  }
}

extension PolicyStreak {
  /// The tenant's rows, ordered by policy; then the answers of revisions without a fault among them.
  static func all(of tenant: TenantKey, in db: any SQLConnection) throws -> [PolicyStreak] {
    var answers: [String: PolicyStreak] = [:]
    try db.each("SELECT policy, revision, answers FROM policy_answers WHERE tenant_id = ?1", [tenant.raw]) { row in
      var streak = PolicyStreak(policy: row["policy"], revision: row["revision"], faults: 0, lastFault: "")
      streak.answers = JSONText.answers(row["answers"])
      answers[streak.revision] = streak
    }
    let sql = """
      SELECT policy, revision, faults, last_fault, last_fault_code, suspended_at, samples, probe_at, requests
      FROM policy_streaks WHERE tenant_id = ?1
      ORDER BY policy, revision
      """
    let streaks = try db.all(sql, [tenant.raw]) { row in
      var streak = PolicyStreak(
        policy: row["policy"], revision: row["revision"], faults: row["faults"], lastFault: row["last_fault"],
        lastFaultCode: ReasonCode.known(row["last_fault_code"]),
        suspendedAt: (row["suspended_at"] as Int64?).map(Instant.init(milliseconds:)))
      streak.answers = answers.removeValue(forKey: streak.revision)?.answers ?? []
      streak.samples = JSONText.samples(row["samples"])
      streak.probeAt = (row["probe_at"] as Int64?).map(Instant.init(milliseconds:))
      streak.requests = row["requests"]
      return streak
    }
    return streaks + answers.values.sorted { ($0.policy, $0.revision) < ($1.policy, $1.revision) }
  }
}

/// Requests to evaluate suspended policies again.
package enum PolicyProbes {
  /// Requests a probe of a tenant's suspended revisions; the next cycle begins it. Changes nothing if none is suspended.
  static func request(for tenant: Int64, in db: any SQLConnection) throws {
    try db.change(
      """
      INSERT INTO policy_probes (tenant_id, requests)
      SELECT tenant_id, 1 FROM policy_streaks WHERE tenant_id = ?1 AND suspended_at IS NOT NULL GROUP BY tenant_id
      ON CONFLICT (tenant_id) DO UPDATE SET requests = policy_probes.requests + 1
      """, [tenant])
  }
}

extension JSONText {
  /// `[[17, 0], [18, 1]]`: contacts, and whether the policy failed for them.
  fileprivate static func text(of answers: [PolicyStreak.Answer]) -> String {
    JSONWriter().string(.array(answers.map { .array([.integer($0.contact), .integer($0.isFault ? 1 : 0)]) }))
  }

  /// What is not readable is left out: the answers only make a suspension come sooner or later.
  fileprivate static func answers(_ text: String) -> [PolicyStreak.Answer] {
    elements(text).compactMap { element in
      guard case .array(let values) = element, values.count == 2, case .integer(let contact) = values[0],
        case .integer(let fault) = values[1]
      else { return nil }
      return PolicyStreak.Answer(contact: contact, isFault: fault != 0)
    }
  }

  fileprivate static func samples(_ text: String) -> [String] {
    elements(text).compactMap { if case .string(let sample) = $0 { sample } else { nil } }
  }

  private static func elements(_ text: String) -> [JSONValue] {
    guard let json = try? JSONParser.parse(Array(text.utf8)), case .array(let elements) = json else { return [] }
    return elements
  }
}
