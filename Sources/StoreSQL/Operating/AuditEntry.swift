import Routing

/// A row of `audit`: who changed what, when and why.
package struct AuditEntry {
  /// Nil for an entry that belongs to no single tenant.
  package var tenant: Int64?
  /// The name and, if different, the system user.
  package var actor: Actor
  /// One stable word for programs: `import`, `retry`, `activate`.
  package var action: String
  /// A kind and an id, such as `device D1`; or `store`.
  package var subject: String
  /// The change, in words; nil if the action says everything.
  package var detail: String?
  /// In the actor's words; nil if none were given.
  package var reason: String?
  /// The command's time, not the time of the write.
  package var at: Instant
  /// The entry records how this store was created; exports leave it out.
  package var isLocal: Bool
  /// The name of an import's file; nil for other actions.
  package var file: String?
  /// The SHA-256 digest of an import's file, in the file's own line only.
  package var digest: String?
  /// A JSON object with the import's counts by type, in the file's own line only.
  package var counts: String?

  /// Exports include the entry unless `isLocal`.
  package init(
    tenant: Int64? = nil, actor: Actor, action: String, subject: String, detail: String? = nil, reason: String? = nil,
    at: Instant, isLocal: Bool = false, file: String? = nil, digest: String? = nil, counts: String? = nil
  ) {
    (self.tenant, self.actor, self.action, self.subject) = (tenant, actor, action, subject)
    (self.detail, self.reason, self.at, self.isLocal) = (detail, reason, at, isLocal)
    (self.file, self.digest, self.counts) = (file, digest, counts)
  }

  /// An INSERT with the columns in this order. `schema` is the attached database; nil for the store itself.
  package static func insert(into schema: String? = nil) -> String {
    let table = schema.map { "\($0).audit" } ?? "audit"
    return """
      INSERT INTO \(table) (tenant_id, actor, action, subject, detail, at, system_user, reason, file, digest,
        counts, is_local)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
      """
  }

  /// Call in the transaction of the change itself. `schema` is the attached database; nil for the store itself.
  package func record(in db: any SQLConnection, schema: String? = nil) throws {
    try db.change(
      AuditEntry.insert(into: schema),
      [
        tenant, actor.name, action, subject, detail, at.milliseconds, actor.systemUser, reason, file, digest, counts,
        isLocal ? 1 : 0,
      ])
  }
}
