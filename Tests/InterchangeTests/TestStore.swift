import GRDB
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import StoreSQL
@testable import StoreSQLite

/// A new store in memory, made by the migrations.
struct TestStore {
  static let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  let queue: DatabaseQueue

  init() throws {
    queue = try DatabaseQueue()
    try queue.write { db in
      for sql in Migrations.all.scripts { try db.execute(sql: sql) }
    }
  }

  /// A store with a tenant `acme`: devices D1 and D2, the sequence `welcome` with two steps, and the lead L1.
  static func acme() throws -> TestStore {
    let store = try TestStore()
    _ = try store.importing(acmeLines)
    return store
  }

  static let acmeLines = HistoryLines.acme

  @discardableResult
  func importing(
    _ text: String, as format: ImportFormat = .jsonLines, skipBad: Bool = false,
    at now: Instant = TestStore.now
  ) throws -> ImportResult {
    try importing(Array(text.utf8), as: format, skipBad: skipBad, at: now)
  }

  func importing(
    _ bytes: [UInt8], as format: ImportFormat = .jsonLines, skipBad: Bool = false,
    at now: Instant = TestStore.now
  ) throws -> ImportResult {
    let options = ImportOptions(format: format, skipBad: skipBad, now: now)
    return try queue.write { db in try Importer.run(SQLiteConnection(db), ByteSource(bytes), options) }
  }

  /// The problem for which a file is refused; the test fails if the file is accepted.
  func problem(_ text: String, as format: ImportFormat = .jsonLines) throws -> ImportProblem {
    try #require(throws: ImportProblem.self) { try importing(text, as: format) }
  }

  func exported(_ format: ExportFormat = .jsonLines, tenant: String? = nil) throws -> String {
    var bytes: [UInt8] = []
    try queue.read { db in
      try Exporter.run(SQLiteConnection(db), format, tenant: tenant.map(TenantID.init(stored:))) { bytes += $0 }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// All rows with their keys, except the store's identity, which no export contains.
  func rows() throws -> [String] {
    try queue.read { db in
      let tables = try String.fetchAll(
        db,
        sql:
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'store' ORDER BY name"
      )
      return try tables.flatMap { table in
        try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY 1, 2").map { "\(table) \($0)" }
      }
    }
  }

  func value<Value: DatabaseValueConvertible>(_ sql: String) throws -> Value? {
    try queue.read { db in try Value.fetchOne(db, sql: sql) }
  }

  func execute(_ sql: String) throws {
    try queue.write { db in try db.execute(sql: sql) }
  }

  /// The number of rows written since the store was made.
  var changes: Int {
    get throws { try queue.read { db in db.totalChangesCount } }
  }
}
