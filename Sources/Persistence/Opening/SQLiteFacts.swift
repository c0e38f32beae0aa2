internal import GRDB
internal import GRDBSQLite
import Routing

/// What is known of the linked SQLite.
package struct SQLiteFacts: Sendable {
  /// `3.40.1`
  package let version: String
  /// Why it cannot be used; nil when it can.
  package let refusal: String?
  /// Whether it may be used from several threads.
  package let isThreadsafe: Bool
  /// Whether it has the race of https://www.sqlite.org/wal.html#walresetbug, which can damage a file when two
  /// connections write or checkpoint at the same moment: 3.7.0 to 3.51.2, other than 3.44.6 and 3.50.7.
  package let hasResetRace: Bool

  /// Of the library that this process uses.
  package static var linked: SQLiteFacts { SQLiteFacts(number: sqlite3_libversion_number()) }

  init(number: Int32) {
    version = String(cString: sqlite3_libversion())
    do throws(StoreError) {
      try SQLiteCapability.check()
      refusal = nil
    } catch {
      refusal = if case .unusable(let text) = error { text } else { "\(error)" }
    }
    isThreadsafe = sqlite3_threadsafe() != 0
    hasResetRace = SQLiteFacts.hasResetRace(number)
  }

  /// By the number of a version: 3051003 is 3.51.3.
  static func hasResetRace(_ number: Int32) -> Bool {
    switch number {
    case 3_044_006...3_044_999, 3_050_007...3_050_999: false
    default: number < 3_051_003
    }
  }
}

/// What a store says of itself.
package struct StoreFacts: Sendable {
  package let version: Int
  package let journal: String
  package let foreignKeys: Bool
  /// The first damage that SQLite finds in the file; nil when it finds none.
  package let damage: String?
}

extension SQLiteStore {
  /// Looks at the settings and the pages of the file. Takes as long as reading it.
  package func facts() throws -> StoreFacts {
    try reading { db in
      let check = try db.value("PRAGMA quick_check(1)", as: String.self)
      return StoreFacts(
        version: try db.value("PRAGMA user_version", as: Int.self) ?? 0,
        journal: try db.value("PRAGMA journal_mode", as: String.self) ?? "",
        foreignKeys: try db.value("PRAGMA foreign_keys", as: Bool.self) ?? false,
        damage: check == "ok" ? nil : check)
    }
  }
}
