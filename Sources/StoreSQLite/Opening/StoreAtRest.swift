import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A store that nobody has open and whose file is complete: it can be read without the files of SQLite beside it.
///
/// The usual way to read makes them, which a folder that may not be written does not allow, and leaves them there. A
/// file that SQLite is told never changes is read without them (https://www.sqlite.org/uri.html#uriimmutable).
enum StoreAtRest {
  /// Whether the store at `path` is to be read that way: nothing runs on it, no log lies beside it, and the folder may not
  /// be written or, with `leavesNothing`, is to stay as it is.
  static func isAtRest(_ path: String, leavesNothing: Bool) -> Bool {
    // Names of this kind are understood where SQLite was built for them.
    guard SQLiteLibrary.has("USE_URI") else { return false }
    let real = Path.real(path) ?? path
    let isReadOnly = access(Path.split(real).folder, W_OK) != 0
    guard isReadOnly || leavesNothing else { return false }
    if let log = FileStatus(real + "-wal") {
      // An empty log in a folder that others may write to can belong to somebody who is about to write.
      guard isReadOnly, log.bytes == 0 else { return false }
    }
    return FileStatus(real + "-journal") == nil && StoreLock.holder(path: path) == nil
  }

  /// The name under which SQLite takes the file for one that never changes.
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
