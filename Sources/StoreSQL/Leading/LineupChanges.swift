import Routing

/// Reads policy changes for the log, each with the policies of its generation and of the previous one.
struct LineupChanges {
  private let db: any SQLConnection

  init(_ db: any SQLConnection) { self.db = db }

  /// For a tenant with a longer history, which an import may bring, only the latest ones are read.
  private static let tenantMax = 5

  /// The changes after `last`, oldest first. Costs a few lookups for each.
  func all(after last: Int64) throws -> [LineupChange] {
    let sql = """
      SELECT p.id, t.id AS tenant_id, t.external_id AS tenant, p.generation, p.at, p.actor, p.action, p.reason,
        p.origin, p.evidence
      FROM policy_changes p JOIN tenants t ON t.id = p.tenant_id
      WHERE p.id > ?1 AND p.generation > ?2 + (SELECT max(generation) FROM policy_changes WHERE tenant_id = p.tenant_id)
      ORDER BY p.id
      """
    return try db.all(sql, [last, -LineupChanges.tenantMax]) { row in
      let id: Int64 = row["id"]
      let key: Int64 = row["tenant_id"]
      let tenant = TenantID(stored: row["tenant"])
      let generation: Int64 = row["generation"]
      guard let after = try lineup(of: key, generation: generation) else {
        throw StoreError.conflict("expected generation \(generation) of tenant \(tenant), found none")
      }
      return LineupChange(
        id: id, tenant: tenant, generation: generation, change: PolicyChange(row: row),
        before: try lineup(of: key, generation: generation - 1), after: after)
    }
  }

  /// Nil if the generation does not exist.
  private func lineup(of tenant: Int64, generation: Int64) throws -> LineupChange.Lineup? {
    let shares = "SELECT canary_share, shadow_share FROM policy_changes WHERE tenant_id = ?1 AND generation = ?2"
    let found = try db.first(shares, [tenant, generation]) { row in
      (canary: row["canary_share"] as Int?, shadow: row["shadow_share"] as Int?)
    }
    guard let found else { return nil }
    let sql = """
      SELECT a.role, coalesce(a.policy, r.policy) AS policy, r.external_id AS revision,
        CASE WHEN r.source <> '' THEN 1 ELSE 0 END AS is_usable
      FROM policy_activations a JOIN policy_revisions r ON r.id = a.revision_id
      WHERE a.tenant_id = ?1 AND a.generation = ?2 ORDER BY a.role, a.position
      """
    var policies: [Activations.Role: [LineupChange.Policy]] = [:]
    try db.each(sql, [tenant, generation]) { row in
      policies[Activations.Role(rawValue: row["role"]) ?? .live, default: []].append(
        LineupChange.Policy(name: row["policy"], revision: row["revision"], isUsable: row["is_usable"]))
    }
    let trial = { (share: Int?, role: Activations.Role) in
      share.map { LineupChange.Trial(share: $0, policies: policies[role] ?? []) }
    }
    return LineupChange.Lineup(
      live: policies[.live] ?? [], canary: trial(found.canary, .canary), shadow: trial(found.shadow, .shadow),
      guards: policies[.guard] ?? [])
  }
}
