import Routing

/// A row of `audit`: who did what to what, when and why.
package struct AuditEntry {
  /// Nil for what is no single tenant's.
  package var tenant: Int64?
  /// Name and, where it differs, system user.
  package var actor: Actor
  /// One word that programs can rely on: `import`, `retry`, `activate`.
  package var action: String
  /// A kind and an id, as in `device D1`; or `store`.
  package var subject: String
  /// What changed, in words; nil where the action says it all.
  package var detail: String?
  /// In the actor's words; nil when none were given.
  package var reason: String?
  /// The command's time, not that of the write.
  package var at: Instant
  /// How the store itself came to be: an export leaves it out.
  package var isLocal: Bool
  /// Of an import: the name of the file.
  package var file: String?
  /// Of the line of an import's file: SHA-256 of the bytes read.
  package var digest: String?
  /// Of the same: an object of counts by type, as JSON.
  package var counts: String?

  /// An entry that an export takes along, unless `isLocal`.
  package init(
    tenant: Int64? = nil, actor: Actor, action: String, subject: String, detail: String? = nil, reason: String? = nil,
    at: Instant, isLocal: Bool = false, file: String? = nil, digest: String? = nil, counts: String? = nil
  ) {
    (self.tenant, self.actor, self.action, self.subject) = (tenant, actor, action, subject)
    (self.detail, self.reason, self.at, self.isLocal) = (detail, reason, at, isLocal)
    (self.file, self.digest, self.counts) = (file, digest, counts)
  }

  /// Takes the columns in this order. `schema`: the attached database; nil for the store's own.
  package static func insert(into schema: String? = nil) -> String {
    let table = schema.map { "\($0).audit" } ?? "audit"
    return """
      INSERT INTO \(table) (tenant_id, actor, action, subject, detail, at, system_user, reason, file, digest,
        counts, is_local)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
      """
  }

  /// Must run in the transaction that it is about. `schema`: the attached database; nil for the store's own.
  package func record(in db: any SQLConnection, schema: String? = nil) throws {
    try db.change(
      AuditEntry.insert(into: schema),
      [
        tenant, actor.name, action, subject, detail, at.milliseconds, actor.systemUser, reason, file, digest, counts,
        isLocal ? 1 : 0,
      ])
  }
}
