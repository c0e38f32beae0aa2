import Files
internal import GRDB
import Routing
import StoreSQL

extension StoreError {
  /// Runs `body`, and converts SQLite's errors into messages for the person who runs the program.
  static func translating<Result>(path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError(error, path: path)
    }
  }

  /// Runs `body`, which writes a file other than the store: a full disk is reported for that file.
  static func fullDisk<Result>(of path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
      throw StoreError(error, path: path)
    }
  }

  /// The store error for an error of SQLite.
  init(_ error: DatabaseError, path: String) {
    let found = error.message ?? "error \(error.resultCode.rawValue)"
    switch error.resultCode {
    // SQLite reports files next to the store that cannot grow as an I/O error.
    case .SQLITE_IOERR where FreeSpace.isFull(at: path), .SQLITE_CANTOPEN where FreeSpace.isFull(at: path),
      .SQLITE_FULL:
      self = .unusable(
        "the disk of \(path) is full (\(found)): nothing of this step was written; free some space on it, then run again"
      )
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self = .unusable(
        "another program holds the store \(path) (\(found)): wait for it to finish, or stop it")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      self = .unusable(
        "the store \(path) is damaged (\(found)): restore a backup, or save what can be read with "
          + "`sqlite3 \(path) .recover`")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      self = .unusable(
        "the store \(path) may not be written (\(found)): make the file and its folder writable, or open it for reading only"
      )
    case .SQLITE_CANTOPEN:
      self = .unusable(
        "the store \(path) cannot be opened (\(found)): its folder must be writable for its log")
    case .SQLITE_IOERR:
      self = .unusable("the disk under the store \(path) failed (\(error)): look at the disk, then restart")
    case .SQLITE_CONSTRAINT:
      self = .conflict("the store refused a row (\(found)): nothing of this step was written")
    default:
      self = .unusable("the store \(path) cannot do this (\(error)): this is a bug in usher")
    }
  }
}

extension DatabaseError: SQLFailure {
  /// SQLite's message for a violated constraint; nil for all other errors.
  package var refusal: String? { resultCode == .SQLITE_CONSTRAINT ? message ?? "a constraint failed" : nil }
}
