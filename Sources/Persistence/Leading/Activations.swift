internal import GRDB
import Routing

/// Which policy revisions decide for a tenant: rows of `policy_activations`, the last generation of each.
struct Activations {
  private let db: Database

  struct Active {
    let key: Int64
    let revision: PolicyRevision
  }

  init(_ db: Database) { self.db = db }

  /// In the order in which they are asked.
  func current(of tenant: TenantKey) throws -> [Active] {
    let sql = "SELECT max(generation) FROM policy_activations WHERE tenant_id = ?"
    guard let generation = try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [tenant.raw]) else { return [] }
    return try revisions(of: tenant, generation: generation)
  }

  /// Those that were asked in a generation, in their order.
  func revisions(of tenant: TenantKey, generation: Int64) throws -> [Active] {
    let sql = """
      SELECT r.id, coalesce(a.policy, r.policy), r.external_id, r.source, r.params
      FROM policy_activations a JOIN policy_revisions r ON r.id = a.revision_id
      WHERE a.tenant_id = ? AND a.generation = ? ORDER BY a.position
      """
    return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [tenant.raw, generation]).map { row in
      let parameters = (try? JSONText.parameters(row[4], "params")) ?? []
      return Active(
        key: row[0],
        revision: PolicyRevision(policy: row[1], digest: row[2], source: row[3], parameters: parameters))
    }
  }

  /// The key of a revision, which is recorded when it is new.
  func record(_ revision: PolicyRevision, at now: Instant) throws -> Int64 {
    try db.change(
      """
      INSERT INTO policy_revisions (external_id, policy, source, params, created_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (external_id) DO NOTHING
      """,
      [
        revision.digest, revision.policy, revision.source, JSONText.text(of: revision.parameters),
        now.milliseconds,
      ])
    let sql = "SELECT id FROM policy_revisions WHERE external_id = ?"
    guard let key = try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [revision.digest]) else {
      throw StoreError.conflict("expected the revision \(revision.digest) on record, found none")
    }
    return key
  }

  /// Begins a generation of these revisions.
  func activate(_ revisions: [PolicyRevision], _ keys: [Int64], for tenant: TenantKey, at now: Instant) throws {
    let sql = "SELECT coalesce(max(generation), 0) + 1 FROM policy_activations WHERE tenant_id = ?"
    let generation = try Int64.fetchOne(db, sql: sql, arguments: [tenant.raw])
    for (index, (revision, key)) in zip(revisions, keys).enumerated() {
      try db.change(
        """
        INSERT INTO policy_activations (tenant_id, position, revision_id, generation, at, policy)
        VALUES (?, ?, ?, ?, ?, ?)
        """, [tenant.raw, index + 1, key, generation, now.milliseconds, revision.policy])
    }
  }
}
