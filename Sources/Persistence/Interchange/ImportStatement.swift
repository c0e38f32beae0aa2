internal import GRDB
internal import GRDBSQLite

/// A prepared statement that takes and gives whole rows of values, for what runs once a line.
///
/// GRDB's own arguments and rows cost more than SQLite's work does there. Belongs to one connection; finalised when it
/// is let go.
final class ImportStatement {
  private let pointer: OpaquePointer
  private let connection: OpaquePointer
  private let columnCount: CInt

  init(_ db: Database, _ sql: String) throws {
    guard let connection = db.sqliteConnection else { preconditionFailure("the connection is closed") }
    var pointer: OpaquePointer?
    let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
    guard code == SQLITE_OK, let pointer else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)), sql: sql
      )
    }
    (self.pointer, self.connection) = (pointer, connection)
    columnCount = sqlite3_column_count(pointer)
  }

  deinit { sqlite3_finalize(pointer) }

  /// The first row, or nil; what the statement writes is written.
  func first(_ arguments: [DatabaseValue]) throws -> ImportRow? {
    bind(arguments)
    defer { sqlite3_reset(pointer) }
    return try step()
  }

  /// All rows. For few of them.
  func all(_ arguments: [DatabaseValue]) throws -> [ImportRow] {
    bind(arguments)
    defer { sqlite3_reset(pointer) }
    var rows: [ImportRow] = []
    while let row = try step() { rows.append(row) }
    return rows
  }

  private func step() throws -> ImportRow? {
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return ImportRow(values: (0..<columnCount).map(value))
    case SQLITE_DONE: return nil
    case let code:
      let extended = sqlite3_extended_errcode(connection)
      throw DatabaseError(
        resultCode: ResultCode(rawValue: extended == SQLITE_OK ? code : extended),
        message: String(cString: sqlite3_errmsg(connection)), sql: String(cString: sqlite3_sql(pointer)))
    }
  }

  private func bind(_ arguments: [DatabaseValue]) {
    let count = Int(sqlite3_bind_parameter_count(pointer))
    precondition(count == arguments.count, "expected \(count) arguments, found \(arguments.count)")
    for (index, argument) in zip(CInt(1)..., arguments) {
      switch argument.storage {
      case .null: sqlite3_bind_null(pointer, index)
      case .int64(let number): sqlite3_bind_int64(pointer, index, number)
      case .double(let number): sqlite3_bind_double(pointer, index, number)
      case .string(var text):
        text.withUTF8 { bytes in
          // SQLite copies the text before this returns (SQLITE_TRANSIENT, -1).
          let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
          bytes.withMemoryRebound(to: CChar.self) { characters in
            // A null pointer would bind NULL, and an empty buffer may have one.
            _ =
              characters.baseAddress.map {
                sqlite3_bind_text(pointer, index, $0, CInt(characters.count), copied)
              } ?? sqlite3_bind_text(pointer, index, "", 0, copied)
          }
        }
      case .blob: preconditionFailure("no column of the schema holds a blob")
      }
    }
  }

  private func value(_ column: CInt) -> DatabaseValue {
    switch sqlite3_column_type(pointer, column) {
    case SQLITE_INTEGER: return sqlite3_column_int64(pointer, column).databaseValue
    case SQLITE_FLOAT: return sqlite3_column_double(pointer, column).databaseValue
    case SQLITE_TEXT:
      // The pointer before the length: asking for the text may convert it.
      let start = sqlite3_column_text(pointer, column)
      let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column)))
      return String(decoding: bytes, as: UTF8.self).databaseValue
    default: return .null
    }
  }
}
