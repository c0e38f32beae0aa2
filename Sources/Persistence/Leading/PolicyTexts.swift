internal import GRDB
import Routing

/// A tenant's rows of `policy_texts`: what its policy files held when they were dealt with.
struct PolicyTexts {
  private let db: Database
  private let tenant: TenantKey

  init(_ db: Database, of tenant: TenantKey) { (self.db, self.tenant) = (db, tenant) }

  /// By policy and digest.
  func all() throws -> [PolicyText] {
    let sql = "SELECT policy, digest FROM policy_texts WHERE tenant_id = ? ORDER BY policy, digest"
    return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [tenant.raw]).map {
      PolicyText(policy: $0[0], digest: $0[1])
    }
  }

  /// Of each policy named, only the text given counts as dealt with from now on.
  func replace(with texts: [PolicyText], at now: Instant) throws {
    for text in texts {
      try db.change("DELETE FROM policy_texts WHERE tenant_id = ? AND policy = ?", [tenant.raw, text.policy])
    }
    try add(texts, at: now)
  }

  /// Forgets that a file held these texts.
  func remove(_ texts: [PolicyText]) throws {
    for text in texts {
      try db.change(
        "DELETE FROM policy_texts WHERE tenant_id = ? AND policy = ? AND digest = ?",
        [tenant.raw, text.policy, text.digest])
    }
  }

  func add(_ texts: [PolicyText], at now: Instant) throws {
    for text in texts {
      try db.change(
        """
        INSERT INTO policy_texts (tenant_id, policy, digest, at) VALUES (?, ?, ?, ?)
        ON CONFLICT (tenant_id, policy, digest) DO NOTHING
        """, [tenant.raw, text.policy, text.digest, now.milliseconds])
    }
  }
}
