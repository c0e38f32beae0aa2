import Routing
import StoreSQL

/// A row of `audit`: who did what to what, when and why.
struct AuditEntry {
  /// Nil for what is no single tenant's.
  var tenant: Int64?
  var actor: Actor
  /// One word that programs can rely on: `import`, `retry`, `activate`.
  var action: String
  /// A kind and an id, as in `device D1`; or `store`.
  var subject: String
  var detail: String?
  var reason: String?
  var at: Instant
  /// How the store itself came to be: an export leaves it out.
  var isLocal = false
  /// Of an import: the name of the file.
  var file: String?
  /// Of the line of an import's file: SHA-256 of the bytes read.
  var digest: String?
  /// Of the same: an object of counts by type, as JSON.
  var counts: String?

  /// Takes the columns in this order. `schema`: the attached database; nil for the store's own.
  static func insert(into schema: String? = nil) -> String {
    let table = schema.map { "\($0).audit" } ?? "audit"
    return """
      INSERT INTO \(table) (tenant_id, actor, action, subject, detail, at, system_user, reason, file, digest,
        counts, is_local)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
      """
  }

  func record(in db: any SQLConnection, schema: String? = nil) throws {
    try db.change(
      AuditEntry.insert(into: schema),
      [
        tenant, actor.name, action, subject, detail, at.milliseconds, actor.systemUser, reason, file, digest, counts,
        isLocal ? 1 : 0,
      ])
  }
}
