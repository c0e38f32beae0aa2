import Routing
import StoreSQL

extension EngineFacts {
  /// Facts about the SQLite that this process uses.
  package static var linked: EngineFacts { EngineFacts(number: SQLiteLibrary.number) }

  init(number: Int32) {
    var refusal: String?
    do throws(StoreError) { try SQLiteCapability.check() } catch {
      refusal = if case .unusable(let text) = error { text } else { "\(error)" }
    }
    self.init(
      version: SQLiteLibrary.version, refusal: refusal, isThreadsafe: SQLiteLibrary.isThreadsafe,
      hasResetRace: EngineFacts.hasResetRace(number))
  }

  /// By version number: 3051003 is 3.51.3.
  static func hasResetRace(_ number: Int32) -> Bool {
    switch number {
    case 3_044_006...3_044_999, 3_050_007...3_050_999: false
    default: number < 3_051_003
    }
  }
}

extension SQLiteStore {
  /// The largest file whose pages `facts` reads: 256 MiB.
  private static let readBytesMax: Int64 = 268_435_456

  /// Reads the settings, and all pages of a file of at most 256 MiB. A larger one is left to `usher report integrity`.
  package func facts() throws -> StoreFacts {
    try reading { db in
      let bytes =
        (try db.value("PRAGMA page_count", as: Int64.self) ?? 0)
        * (try db.value("PRAGMA page_size", as: Int64.self) ?? 0)
      let isRead = bytes <= SQLiteStore.readBytesMax
      let check = isRead ? try db.value("PRAGMA quick_check(1)", as: String.self) : "ok"
      return StoreFacts(
        version: try db.value("PRAGMA user_version", as: Int.self) ?? 0,
        identity: try db.value("SELECT identity FROM store WHERE id = 1"),
        journal: try db.value("PRAGMA journal_mode", as: String.self) ?? "",
        foreignKeys: try db.value("PRAGMA foreign_keys", as: Bool.self) ?? false,
        damage: check == "ok" ? nil : check, unreadBytes: isRead ? nil : bytes)
    }
  }
}
