import Routing
import StoreSQL

/// The features required of the linked SQLite (I-17).
enum SQLiteCapability {
  /// RETURNING came with 3.35, STRICT tables with 3.37.
  static let oldest: Int32 = 3_037_000
  /// From this version on the JSON functions are always included; before, it depends on the build.
  static let jsonBuiltIn: Int32 = 3_038_000

  /// Throws for a library older than the statements require.
  static func check(
    version: Int32 = SQLiteLibrary.number, hasJSON: Bool = SQLiteLibrary.has("ENABLE_JSON1")
  ) throws(StoreError) {
    guard version >= oldest, version >= jsonBuiltIn || hasJSON else {
      throw StoreError.unusable(
        "expected SQLite \(text(oldest)) or later (RETURNING, STRICT, JSON), found \(text(version)): "
          + "install a newer libsqlite3")
    }
  }

  private static func text(_ version: Int32) -> String {
    "\(version / 1_000_000).\(version / 1000 % 1000).\(version % 1000)"
  }
}
