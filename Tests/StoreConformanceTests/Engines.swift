import GRDB
import Routing
import RoutingTestKit
import StoreSQL
import Synchronization

@testable import StoreSQLite

extension StoreFactory {
  /// Every engine that this machine can test.
  static let all = [sqlite, neutral]

  static let sqlite = sqlite(name: "SQLite", dialect: SQLiteDialect())

  /// SQLite without the features that only SQLite has.
  static let neutral = sqlite(name: "SQLite with parameters $1", dialect: NeutralDialect())

  private static func sqlite(name: String, dialect: any SQLDialect) -> StoreFactory {
    StoreFactory(name: name) {
      let folder = TestFolder()
      let store = try SQLiteStore.create(at: folder.file("usher.db"), migrations: .all, dialect: dialect)
      // No test's store outlives its process.
      try store.pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = OFF") }
      return SQLStoreUnderTest(
        store,
        tables: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
        reopen: { try SQLiteStore.open(at: folder.file("usher.db"), mode: $0, migrations: .all, dialect: dialect) },
        writeUnprotected: { try store.writeUnprotected($0) })
    }
  }
}

extension SQLiteStore {
  fileprivate func writeUnprotected(_ statements: [String]) throws {
    try pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA foreign_keys = OFF")
      for name in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
        try db.execute(sql: "DROP TRIGGER \(name)")
      }
      for statement in statements { try db.execute(sql: statement) }
      try db.execute(sql: "PRAGMA foreign_keys = ON")
    }
  }
}

/// Accepts only what every engine supports: parameters are `$1`, `$2`, … as in PostgreSQL, and a statement that uses a
/// row id is refused. `SQLConnection` has no way to read the key of the last inserted row; only SQLite's deciding does
/// that, below this protocol.
private final class NeutralDialect: SQLDialect {
  private let texts = Mutex<[String: String]>([:])

  var namesParameters: Bool { true }

  /// SQL that SQLite refuses if the statement uses a row id.
  func text(_ sql: String) -> String {
    if let text = texts.withLock({ $0[sql] }) { return text }
    let text = namesRowID(sql) ? "expected a statement without row ids, found: \(sql)" : NumberedDialect().text(sql)
    texts.withLock { $0[sql] = text }
    return text
  }

  /// Allows the list of broken foreign keys, which has a column of that name, and tables declared `WITHOUT ROWID`.
  private func namesRowID(_ sql: String) -> Bool {
    let words = sql.lowercased().replacing("without rowid", with: "").split { !$0.isLetter && $0 != "_" }
    guard !words.contains("pragma_foreign_key_check") else { return false }
    return words.contains { ["rowid", "_rowid_", "oid", "last_insert_rowid"].contains($0) }
  }
}
