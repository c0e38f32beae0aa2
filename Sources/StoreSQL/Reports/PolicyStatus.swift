// The reports on policies: `policyStatuses` is for `usher policy list`, `policyHistory` for `usher policy history`.
import Routing

extension PolicyStatus {
  /// The policies of each tenant, by tenant and position, inside a transaction.
  static func all(in db: any SQLConnection) throws -> [PolicyStatus] {
    try db.all(sql) { row in
      var line = PolicyStatus(
        tenant: TenantID(stored: row["tenant"]), position: row["position"], policy: row["policy"],
        revision: row["revision"], since: (row["since"] as Int64?).map(Instant.init(milliseconds:)),
        refusal: row["refusal"], refusedAt: (row["refused_at"] as Int64?).map(Instant.init(milliseconds:)),
        faults: row["faults"], lastFault: row["last_fault"],
        suspendedAt: (row["suspended_at"] as Int64?).map(Instant.init(milliseconds:)),
        canaryShare: row["canary_share"], shadowShare: row["shadow_share"], held: row["held"],
        isListed: row["is_listed"])
      line.refusalCode = ReasonCode.known(row["refusal_code"])
      line.lastFaultCode = ReasonCode.known(row["last_fault_code"])
      line.heldCode = ReasonCode.known(row["held_code"])
      return line
    }
  }

  /// Orders the policies `a` of a generation: live, canary, shadow, guards.
  static let roleOrder = "CASE a.role WHEN 'live' THEN 1 WHEN 'canary' THEN 2 WHEN 'shadow' THEN 3 ELSE 4 END"

  static let sql = """
    WITH live AS MATERIALIZED (
      SELECT a.tenant_id, a.position, a.revision_id, p.generation,
        coalesce(a.policy, (SELECT policy FROM policy_revisions WHERE id = a.revision_id)) AS policy
      FROM tenants t
      JOIN policy_changes p ON p.tenant_id = t.id
        AND p.generation = (SELECT max(generation) FROM policy_changes WHERE tenant_id = t.id)
      JOIN policy_activations a ON a.tenant_id = t.id AND a.generation = p.generation AND a.role = 'live'
    ), listed AS MATERIALIZED (
      SELECT t.id AS tenant_id, CAST(j.key AS BIGINT) + 1 AS position, j.value AS name,
        CASE WHEN j.value LIKE '%.lua' THEN substr(j.value, 1, length(j.value) - 4) ELSE j.value END AS policy
      FROM tenants t CROSS JOIN json_each(t.policies) j
    ), lines AS (
      SELECT l.tenant_id, l.position, l.name, a.revision_id, 1 AS is_listed
      FROM listed l LEFT JOIN live a ON a.tenant_id = l.tenant_id AND a.position = l.position AND a.policy = l.policy
      UNION ALL
      SELECT a.tenant_id, a.position, a.policy, a.revision_id, 0
      FROM live a LEFT JOIN listed l
        ON l.tenant_id = a.tenant_id AND l.position = a.position AND l.policy = a.policy
      WHERE l.position IS NULL
    )
    SELECT t.external_id AS tenant, n.position AS position, n.name AS policy, r.external_id AS revision,
      CASE WHEN r.id IS NOT NULL THEN (
        SELECT min(b.at) FROM policy_activations b
        WHERE b.tenant_id = t.id AND b.role = 'live' AND b.position = n.position AND b.generation > coalesce((
          SELECT max(c.generation) FROM policy_activations c
          WHERE c.tenant_id = t.id AND c.role = 'live' AND c.position = n.position
            AND c.revision_id <> n.revision_id), 0)) END AS since,
      f.refusal AS refusal, f.code AS refusal_code, f.at AS refused_at, coalesce(s.faults, 0) AS faults, s.last_fault AS last_fault,
      s.last_fault_code AS last_fault_code,
      s.suspended_at AS suspended_at, p.canary_share AS canary_share, p.shadow_share AS shadow_share,
      h.reason AS held, h.code AS held_code, n.is_listed AS is_listed
    FROM lines n JOIN tenants t ON t.id = n.tenant_id
    LEFT JOIN policy_changes p ON p.tenant_id = t.id
      AND p.generation = (SELECT max(generation) FROM policy_changes WHERE tenant_id = t.id)
    LEFT JOIN policy_revisions r ON r.id = n.revision_id AND r.source <> ''
    LEFT JOIN policy_streaks s ON s.tenant_id = t.id AND s.revision = r.external_id
    LEFT JOIN policy_refusals f ON f.tenant_id = t.id AND f.policy = n.name
    LEFT JOIN held_files h ON h.tenant_id = t.id AND h.policy = n.name
    ORDER BY t.id, n.position, n.is_listed
    """
}

extension SQLStore {
  /// The policies of each tenant, by tenant and position.
  package func policyStatuses() throws -> [PolicyStatus] { try reading { try PolicyStatus.all(in: $0) } }

  /// Every activation of a revision, live or for a canary or shadow, oldest first.
  package func policyHistory(tenant: TenantID?) throws -> [PolicyActivation] {
    let sql = """
      SELECT t.external_id AS tenant, a.generation, a.role, a.position, coalesce(a.policy, r.policy) AS policy,
        r.external_id AS revision, a.at,
        CASE a.role WHEN 'canary' THEN p.canary_share WHEN 'shadow' THEN p.shadow_share END AS share,
        p.actor, p.action, p.reason, p.origin, p.evidence
      FROM policy_activations a JOIN tenants t ON t.id = a.tenant_id JOIN policy_revisions r ON r.id = a.revision_id
      JOIN policy_changes p ON p.tenant_id = a.tenant_id AND p.generation = a.generation
      WHERE (t.external_id = ?1 OR ?1 IS NULL) AND a.role <> 'guard'
      ORDER BY t.id, a.generation, \(PolicyStatus.roleOrder), a.position
      """
    return try reading { db in
      try db.all(sql, [tenant?.text]) { row in
        PolicyActivation(
          tenant: TenantID(stored: row["tenant"]), generation: row["generation"], role: row["role"],
          position: row["position"], policy: row["policy"], revision: row["revision"],
          at: Instant(milliseconds: row["at"]), share: row["share"], change: PolicyChange(row: row))
      }
    }
  }

  /// A generation of a tenant's policies; nil if it does not exist.
  package func policyGeneration(_ number: Int64, of tenant: TenantKey) throws -> PolicyGeneration? {
    try reading { try Activations($0).generation(number, of: tenant) }
  }
}
