import Routing

/// A tenant's rows of `policy_texts`: the sources of policy files that were accepted or rolled back.
struct PolicyTexts {
  private let db: any SQLConnection
  private let tenant: TenantKey

  init(_ db: any SQLConnection, of tenant: TenantKey) { (self.db, self.tenant) = (db, tenant) }

  /// Ordered by policy and digest.
  func all() throws -> [PolicyText] {
    let sql = "SELECT policy, digest FROM policy_texts WHERE tenant_id = ?1 ORDER BY policy, digest"
    return try db.all(sql, [tenant.raw]) { PolicyText(policy: $0["policy"], digest: $0["digest"]) }
  }

  /// Replaces the recorded sources of each named policy with the given one.
  func replace(with texts: [PolicyText], at now: Instant) throws {
    for text in texts {
      try db.change("DELETE FROM policy_texts WHERE tenant_id = ?1 AND policy = ?2", [tenant.raw, text.policy])
    }
    try add(texts, at: now)
  }

  /// Removes the records of these sources.
  func remove(_ texts: [PolicyText]) throws {
    for text in texts {
      try db.change(
        "DELETE FROM policy_texts WHERE tenant_id = ?1 AND policy = ?2 AND digest = ?3",
        [tenant.raw, text.policy, text.digest])
    }
  }

  func add(_ texts: [PolicyText], at now: Instant) throws {
    for text in texts {
      try db.change(
        """
        INSERT INTO policy_texts (tenant_id, policy, digest, at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (tenant_id, policy, digest) DO NOTHING
        """, [tenant.raw, text.policy, text.digest, now.milliseconds])
    }
  }
}
