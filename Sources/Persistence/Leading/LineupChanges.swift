internal import GRDB
import Routing

/// Reads changes of what decides as a log says them: with the policies of the generation and of the one before it.
struct LineupChanges {
  private let db: Database

  init(_ db: Database) { self.db = db }

  /// Of a tenant with a longer history, which an import may bring, only the last ones are read.
  private static let tenantMax = 5

  /// Those after `last`, oldest first. Costs some look-ups for each of them.
  func all(after last: Int64) throws -> [LineupChange] {
    let sql = """
      SELECT p.id, t.id, t.external_id, p.generation, p.at, p.actor, p.action, p.reason, p.origin, p.evidence
      FROM policy_changes p JOIN tenants t ON t.id = p.tenant_id
      WHERE p.id > ? AND p.generation > ? + (SELECT max(generation) FROM policy_changes WHERE tenant_id = p.tenant_id)
      ORDER BY p.id
      """
    return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [last, -LineupChanges.tenantMax]).map { row in
      let (tenant, generation): (Int64, Int64) = (row[1], row[3])
      guard let after = try lineup(of: tenant, generation: generation) else {
        throw StoreError.conflict("expected generation \(generation) of tenant \(row[2] as String), found none")
      }
      return LineupChange(
        id: row[0], tenant: TenantID(stored: row[2]), generation: generation, change: PolicyChange(row: row, from: 4),
        before: try lineup(of: tenant, generation: generation - 1), after: after)
    }
  }

  /// Nil if the generation does not exist.
  private func lineup(of tenant: Int64, generation: Int64) throws -> LineupChange.Lineup? {
    let shares = "SELECT canary_share, shadow_share FROM policy_changes WHERE tenant_id = ? AND generation = ?"
    guard let row = try Row.fetchOne(db.cachedStatement(sql: shares), arguments: [tenant, generation]) else {
      return nil
    }
    let sql = """
      SELECT a.role, coalesce(a.policy, r.policy), r.external_id, r.source <> ''
      FROM policy_activations a JOIN policy_revisions r ON r.id = a.revision_id
      WHERE a.tenant_id = ? AND a.generation = ? ORDER BY a.role, a.position
      """
    var policies: [Activations.Role: [LineupChange.Policy]] = [:]
    for row in try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [tenant, generation]) {
      policies[Activations.Role(rawValue: row[0]) ?? .live, default: []].append(
        LineupChange.Policy(name: row[1], revision: row[2], isUsable: row[3]))
    }
    let trial = { (share: Int?, role: Activations.Role) in
      share.map { LineupChange.Trial(share: $0, policies: policies[role] ?? []) }
    }
    return LineupChange.Lineup(
      live: policies[.live] ?? [], canary: trial(row[0], .canary), shadow: trial(row[1], .shadow),
      guards: policies[.guard] ?? [])
  }
}
