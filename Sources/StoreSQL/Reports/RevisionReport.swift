// The report on a revision for `usher policy show`, and the lookup by the beginning of a digest.
import Routing

extension SQLStore {
  /// Revisions whose digest starts with `text`, with or without `sha256:`; ordered by digest, at most `limit`.
  package func revisions(startingWith text: String, limit: Int) throws -> [PolicyRevision] {
    let prefix = text.hasPrefix("sha256:") ? text : "sha256:" + text
    let sql = """
      SELECT policy, external_id, source, params FROM policy_revisions
      WHERE external_id >= ?1 AND external_id < ?1 || 'g' AND substr(external_id, 1, length(?1)) = ?1
      ORDER BY external_id LIMIT ?2
      """
    return try reading { db in
      try db.all(sql, [prefix, limit]) { row in
        PolicyRevision(
          policy: row["policy"], digest: row["external_id"], source: row["source"],
          parameters: (try? JSONText.parameters(row["params"] as String, "params")) ?? [])
      }
    }
  }

  /// The revision with its recorded digest; see `PolicyStore`.
  package func recorded(_ revision: PolicyRevision) throws -> PolicyRevision {
    try reading { db in
      var recorded = revision
      recorded.digest = try Activations(db).recorded(revision)?.digest ?? revision.digest
      return recorded
    }
  }

  /// Everything recorded about a revision; nil for an unknown one. Walks over the decisions.
  package func revision(_ digest: String) throws -> RevisionReport? {
    let sql = "SELECT id, policy, source, params, created_at FROM policy_revisions WHERE external_id = ?1"
    return try reading { db in
      try db.first(sql, [digest]) { row in
        let key: Int64 = row["id"]
        return RevisionReport(
          revision: PolicyRevision(
            policy: row["policy"], digest: digest, source: row["source"],
            parameters: (try? JSONText.parameters(row["params"] as String, "params")) ?? []),
          createdAt: Instant(milliseconds: row["created_at"]), uses: try RevisionReport.uses(of: key, in: db))
      }
    }
  }
}

extension RevisionReport {
  /// A tenant's decisions that cite a revision.
  private struct Decisions {
    let count: Int
    let firstAt, lastAt: Instant
  }

  fileprivate static func uses(of revision: Int64, in db: any SQLConnection) throws -> [Use] {
    let sql = """
      SELECT t.id, t.external_id, a.role, min(a.generation) AS first_generation, max(a.generation) AS last_generation
      FROM policy_activations a JOIN tenants t ON t.id = a.tenant_id
      WHERE a.revision_id = ?1 GROUP BY t.id, a.role
      ORDER BY t.id, \(PolicyStatus.roleOrder)
      """
    let decisions = try decisions(of: revision, in: db)
    let activations = Activations(db)
    return try db.all(sql, [revision]) { row in
      let (tenant, id, role): (Int64, String, String) = (row["id"], row["external_id"], row["role"])
      let (first, last): (Int64, Int64) = (row["first_generation"], row["last_generation"])
      guard let change = try activations.generation(first, of: TenantKey(tenant))?.change else {
        throw StoreError.conflict("expected generation \(first) of tenant '\(id)' on record, found none")
      }
      return Use(
        tenant: TenantID(stored: id), role: role, generations: Int(first)...Int(last), change: change,
        decisions: decisions[tenant]?.count ?? 0, firstDecisionAt: decisions[tenant]?.firstAt,
        lastDecisionAt: decisions[tenant]?.lastAt)
    }
  }

  /// Keyed by tenant key.
  private static func decisions(of revision: Int64, in db: any SQLConnection) throws -> [Int64: Decisions] {
    let sql = """
      SELECT tenant_id, count(*) AS count, min(at) AS first_at, max(at) AS last_at
      FROM decisions WHERE revision_id = ?1 GROUP BY tenant_id
      """
    var found: [Int64: Decisions] = [:]
    try db.each(sql, [revision]) { row in
      found[row["tenant_id"]] = Decisions(
        count: row["count"], firstAt: Instant(milliseconds: row["first_at"]),
        lastAt: Instant(milliseconds: row["last_at"]))
    }
    return found
  }
}
