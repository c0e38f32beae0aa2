import Routing
import Wire

/// What an import puts on record: a line for the file, and a line for each row that it changed and that people ask about.
///
/// New rows are counted in the file's line alone, so that a first import of many leads writes one line.
final class ImportAudit {
  /// The most rows of one import that get a line of their own.
  static let rowMax = 10_000

  let origin: ImportOrigin
  private let at: Instant
  /// The store had no tenant before: what the file holds is where it comes from, and an export leaves that out.
  private let isFirst: Bool
  private var rowCount = 0

  init(_ origin: ImportOrigin, at now: Instant, isFirst: Bool) {
    (self.origin, self.at, self.isFirst) = (origin, now, isFirst)
  }

  /// For an import into a store as it is now.
  convenience init(_ origin: ImportOrigin, at now: Instant, in db: any SQLConnection) throws {
    self.init(origin, at: now, isFirst: try db.value("SELECT 1 FROM tenants LIMIT 1", as: Int64.self) == nil)
  }

  /// Changes of a row that existed. `subject`: as in `device D1`.
  func record(_ changes: [FieldChange], of subject: String, tenant: Int64?, in db: any SQLConnection) throws {
    guard !changes.isEmpty else { return }
    rowCount += 1
    guard rowCount <= ImportAudit.rowMax else { return }
    var entry = entry(subject, FieldChange.detail(changes))
    entry.tenant = tenant
    try entry.record(in: db)
  }

  /// The file's own line; none for a file that changed nothing.
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
      parts.append("\(rowCount - ImportAudit.rowMax) changed rows have no line of their own")
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
  /// Puts changes of a row on record; `tenant` is its index among the tenants of the import.
  func record(_ changes: [FieldChange], of subject: String, _ tenant: Int) throws {
    try audit?.record(changes, of: subject, tenant: tenants[tenant].key, in: db)
  }
}
