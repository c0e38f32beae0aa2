// What is on record of a revision: `usher policy show`, and the look-up by the beginning of a digest.
internal import GRDB
import Routing

/// A revision as it is on record.
package struct RevisionReport: Equatable, Sendable {
  /// Where it decided, or was tried.
  package struct Use: Equatable, Sendable {
    package var tenant: TenantID
    /// live, canary, shadow or guard.
    package var role: String
    /// The first and the last generation of this role.
    package var generations: ClosedRange<Int>
    /// How it came to the first one.
    package var change: PolicyChange
    /// The tenant's decisions that name the revision, whatever its role was.
    package var decisions: Int
    package var firstDecisionAt: Instant?
    package var lastDecisionAt: Instant?
  }

  package var revision: PolicyRevision
  package var createdAt: Instant
  package var uses: [Use]
}

extension SQLiteStore {
  /// Revisions whose digest begins so, with or without `sha256:`, by digest; at most `limit`.
  package func revisions(startingWith text: String, limit: Int) throws -> [PolicyRevision] {
    let prefix = text.hasPrefix("sha256:") ? text : "sha256:" + text
    let sql = """
      SELECT policy, external_id, source, params FROM policy_revisions
      WHERE external_id >= ?1 AND external_id < ?1 || 'g' AND substr(external_id, 1, length(?1)) = ?1
      ORDER BY external_id LIMIT ?2
      """
    return try reading { db in
      try Row.fetchAll(db, sql: sql, arguments: [prefix, limit]).map { row in
        PolicyRevision(
          policy: row[0], digest: row[1], source: row[2],
          parameters: (try? JSONText.parameters(row[3] as String, "params")) ?? [])
      }
    }
  }

  /// Everything on record about a revision; nil for one that is not. Costs a walk over the decisions.
  package func revision(_ digest: String) throws -> RevisionReport? {
    let row = "SELECT id, policy, source, params, created_at FROM policy_revisions WHERE external_id = ?"
    let uses = """
      SELECT t.id, t.external_id, a.role, min(a.generation), max(a.generation)
      FROM policy_activations a JOIN tenants t ON t.id = a.tenant_id
      WHERE a.revision_id = ? GROUP BY t.id, a.role ORDER BY t.id, instr('live canary shadow guard', a.role)
      """
    let decisions =
      "SELECT tenant_id, count(*), min(at), max(at) FROM decisions WHERE revision_id = ? GROUP BY tenant_id"
    return try reading { db in
      guard let row = try Row.fetchOne(db, sql: row, arguments: [digest]) else { return nil }
      let key: Int64 = row[0]
      var counts: [Int64: Row] = [:]
      for count in try Row.fetchAll(db, sql: decisions, arguments: [key]) { counts[count[0]] = count }
      let activations = Activations(db)
      let found = try Row.fetchAll(db, sql: uses, arguments: [key]).map { use -> RevisionReport.Use in
        let (tenant, first): (Int64, Int64) = (use[0], use[3])
        guard let change = try activations.generation(first, of: TenantKey(tenant))?.change else {
          throw StoreError.conflict(
            "expected generation \(first) of tenant '\(use[1] as String)' on record, found none")
        }
        let count = counts[tenant]
        return RevisionReport.Use(
          tenant: TenantID(stored: use[1]), role: use[2], generations: Int(first)...(use[4] as Int), change: change,
          decisions: count?[1] ?? 0, firstDecisionAt: (count?[2] as Int64?).map(Instant.init(milliseconds:)),
          lastDecisionAt: (count?[3] as Int64?).map(Instant.init(milliseconds:)))
      }
      return RevisionReport(
        revision: PolicyRevision(
          policy: row[1], digest: digest, source: row[2],
          parameters: (try? JSONText.parameters(row[3] as String, "params")) ?? []),
        createdAt: Instant(milliseconds: row[4]), uses: found)
    }
  }
}
