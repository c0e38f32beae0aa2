import Routing
import Wire

/// What an import records in the audit: one line for the file, and one line for each changed row of a kind that people
/// ask about.
///
/// New rows are only counted in the file's line, so a first import of many leads writes one line.
final class ImportAudit {
  /// The maximum number of rows of one import that get separate lines.
  static let rowMax = 10_000

  let origin: ImportOrigin
  private let at: Instant
  /// The store had no tenants before. The line then records where the store came from, and exports leave it out.
  private let isFirst: Bool
  private var rowCount = 0

  init(_ origin: ImportOrigin, at now: Instant, isFirst: Bool) {
    (self.origin, self.at, self.isFirst) = (origin, now, isFirst)
  }

  /// For an import into the current state of a store.
  convenience init(_ origin: ImportOrigin, at now: Instant, in db: any SQLConnection) throws {
    self.init(origin, at: now, isFirst: try db.value("SELECT 1 FROM tenants LIMIT 1", as: Int64.self) == nil)
  }

  /// Records changes to an existing row. `subject` is, for example, `device D1`.
  func record(_ changes: [FieldChange], of subject: String, tenant: Int64?, in db: any SQLConnection) throws {
    guard !changes.isEmpty else { return }
    rowCount += 1
    guard rowCount <= ImportAudit.rowMax else { return }
    var entry = entry(subject, FieldChange.detail(changes))
    entry.tenant = tenant
    try entry.record(in: db)
  }

  /// Writes the file's line; writes nothing if the file changed nothing.
  func finish(_ result: ImportResult, in db: any SQLConnection) throws {
    let counts = result.counts.values.reduce(into: ImportCounts()) { sum, counts in
      sum.created += counts.created
      sum.updated += counts.updated
      sum.unchanged += counts.unchanged
    }
    guard counts.created + counts.updated > 0 else { return }
    var parts = ["\(counts.created) created, \(counts.updated) updated, \(counts.unchanged) unchanged"]
    if result.badLineCount > 0 { parts.append("\(result.badLineCount) lines refused") }
    if rowCount > ImportAudit.rowMax {
      parts.append("\(rowCount - ImportAudit.rowMax) changed rows have no audit line")
    }
    var entry = entry("store", parts.joined(separator: "; "))
    let types = InterchangeType.allCases.compactMap { type in
      result.counts[type].map { counts -> (String, JSONValue) in
        (
          type.rawValue,
          .object([
            "created": .integer(Int64(counts.created)), "updated": .integer(Int64(counts.updated)),
            "unchanged": .integer(Int64(counts.unchanged)),
          ])
        )
      }
    }
    entry.digest = origin.digest()
    entry.counts = FaithfulJSON.text(of: .object(JSONObject(types)))
    try entry.record(in: db)
  }

  private func entry(_ subject: String, _ detail: String) -> AuditEntry {
    AuditEntry(
      actor: origin.actor, action: "import", subject: subject, detail: detail, reason: origin.reason, at: at,
      isLocal: isFirst, file: origin.file)
  }
}

extension ImportSession {
  /// Records changes to a row; `tenant` is its index among the tenants of the import.
  func record(_ changes: [FieldChange], of subject: String, _ tenant: Int) throws {
    try audit?.record(changes, of: subject, tenant: tenants[tenant].key, in: db)
  }
}
