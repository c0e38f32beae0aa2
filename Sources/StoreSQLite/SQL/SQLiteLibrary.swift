internal import GRDBSQLite

/// The libsqlite3 that this process uses.
enum SQLiteLibrary {
  /// 3051003 for 3.51.3.
  static var number: Int32 { sqlite3_libversion_number() }

  static var version: String { String(cString: sqlite3_libversion()) }

  static var isThreadsafe: Bool { sqlite3_threadsafe() != 0 }

  /// Whether it was built with an option, such as `ENABLE_JSON1`.
  static func has(_ option: String) -> Bool { sqlite3_compileoption_used(option) != 0 }
}
