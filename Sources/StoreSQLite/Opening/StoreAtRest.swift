import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A store that no process has open and whose file is complete: it can be read without SQLite's files next to it.
///
/// A normal read creates those files, which is impossible in a read-only folder, and leaves them there. SQLite does not
/// need them for a file declared immutable (https://www.sqlite.org/uri.html#uriimmutable).
enum StoreAtRest {
  /// Whether to read the store at `path` as immutable: no process runs on it, it has no log, and its folder is
  /// read-only or, with `leavesNothing`, must not change.
  static func isAtRest(_ path: String, leavesNothing: Bool) -> Bool {
    // Requires an SQLite built with support for URIs.
    guard SQLiteLibrary.has("USE_URI") else { return false }
    let real = Path.real(path) ?? path
    let isReadOnly = access(Path.split(real).folder, W_OK) != 0
    guard isReadOnly || leavesNothing else { return false }
    if let log = FileStatus(real + "-wal") {
      // In a folder that others may write to, an empty log can belong to a process that is about to write.
      guard isReadOnly, log.bytes == 0 else { return false }
    }
    return FileStatus(real + "-journal") == nil && StoreLock.holder(path: path) == nil
  }

  /// The name under which SQLite treats the file as immutable.
  static func name(of path: String) -> String {
    var name = "file://"
    for byte in (Path.real(path) ?? path).utf8 {
      let isPlain = byte > 0x20 && byte < 0x7f && !"%?#".utf8.contains(byte)
      name += isPlain ? String(UnicodeScalar(byte)) : "%" + hex(byte >> 4) + hex(byte & 15)
    }
    return name + "?immutable=1"
  }

  private static func hex(_ digit: UInt8) -> String { String(digit, radix: 16) }
}
