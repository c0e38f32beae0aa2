#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The kind of a file that SQLite wrote, recognised by its first bytes: https://www.sqlite.org/fileformat.html, 1.3.1
/// and 4.1.
package enum DatabaseContent: Equatable, Sendable {
  case database
  /// A write-ahead log.
  case log

  private static let databaseStart = Array("SQLite format 3\0".utf8)
  private static let logStarts: [[UInt8]] = [[0x37, 0x7f, 0x06, 0x82], [0x37, 0x7f, 0x06, 0x83]]

  /// Nil for any other file, and for one that cannot be read. Opens the file: do not use it for a file that this
  /// process has open as a database.
  package init?(of path: String) {
    // Without O_NONBLOCK, opening would block on a pipe that has replaced the file.
    let descriptor = openFile(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    self.init(descriptor)
  }

  /// Reads an open file from its start; the descriptor's position does not change.
  package init?(_ descriptor: CInt) {
    var found = [UInt8](repeating: 0, count: DatabaseContent.databaseStart.count)
    guard pread(descriptor, &found, found.count, 0) == found.count else { return nil }
    if found == DatabaseContent.databaseStart {
      self = .database
    } else if DatabaseContent.logStarts.contains(Array(found.prefix(4))) {
      self = .log
    } else {
      return nil
    }
  }

  var text: String {
    switch self {
    case .database: "an SQLite database, such as a store or an archive"
    case .log: "the log of an SQLite database"
    }
  }
}
