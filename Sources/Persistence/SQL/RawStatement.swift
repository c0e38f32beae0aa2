internal import GRDB
internal import GRDBSQLite

/// A prepared statement of SQLite's C interface, for the few statements that run once for each contact of a batch.
///
/// Belongs to one connection and must be used where that connection is used. Finalised when it is let go, or given back.
final class RawStatement {
  private let pointer: OpaquePointer
  /// Whose statement it is; nil for its own.
  private let lender: Statement?
  private let connection: OpaquePointer
  /// One for each parameter, the first at 1. A new statement's parameters are NULL, as these are.
  private let values: UnsafeMutableBufferPointer<BoundValue>

  init(_ db: Database, _ sql: String) throws {
    guard let connection = db.sqliteConnection else { preconditionFailure("the connection is closed") }
    var pointer: OpaquePointer?
    let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
    guard code == SQLITE_OK, let pointer else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)), sql: sql
      )
    }
    (self.pointer, self.connection, lender) = (pointer, connection, nil)
    values = RawStatement.values(of: pointer)
  }

  /// A statement that the connection keeps, for what is read now and then on connections that come and go. Nothing else
  /// may use the same words meanwhile.
  init(lentBy db: Database, _ sql: String) throws {
    let statement = try db.cachedStatement(sql: sql)
    guard let connection = db.sqliteConnection else { preconditionFailure("the connection is closed") }
    (pointer, self.connection, lender) = (statement.sqliteStatement, connection, statement)
    sqlite3_reset(pointer)
    sqlite3_clear_bindings(pointer)
    values = RawStatement.values(of: pointer)
  }

  private static func values(of pointer: OpaquePointer) -> UnsafeMutableBufferPointer<BoundValue> {
    let values = UnsafeMutableBufferPointer<BoundValue>.allocate(
      capacity: Int(sqlite3_bind_parameter_count(pointer)) + 1)
    values.initialize(repeating: BoundValue())
    return values
  }

  deinit {
    // The statement before the texts that it is bound to.
    if lender == nil {
      sqlite3_finalize(pointer)
    } else {
      sqlite3_reset(pointer)
      sqlite3_clear_bindings(pointer)
    }
    for index in values.indices { values[index].free() }
    values.deallocate()
  }
}

// MARK: - Running

extension RawStatement {
  /// Moves to the next row; false after the last one, and then the statement is ready to be bound again.
  func step() throws -> Bool {
    let code = sqlite3_step(pointer)
    if code == SQLITE_ROW { return true }
    guard code == SQLITE_DONE else { throw failure(code) }
    sqlite3_reset(pointer)
    return false
  }

  /// Runs a statement that returns no rows.
  func run() throws {
    let code = sqlite3_step(pointer)
    guard code == SQLITE_DONE else { throw failure(code) }
    sqlite3_reset(pointer)
  }

  /// Ends a reading before its last row.
  func reset() { sqlite3_reset(pointer) }

  /// Rows changed by the last INSERT, UPDATE or DELETE of the connection.
  var changes: Int { Int(sqlite3_changes(connection)) }

  /// The key of the last row inserted on the connection.
  var insertedKey: Int64 { sqlite3_last_insert_rowid(connection) }

  private func failure(_ code: CInt) -> DatabaseError {
    let extended = sqlite3_extended_errcode(connection)
    let error = DatabaseError(
      resultCode: ResultCode(rawValue: extended == SQLITE_OK ? code : extended),
      message: String(cString: sqlite3_errmsg(connection)), sql: String(cString: sqlite3_sql(pointer)))
    sqlite3_reset(pointer)
    return error
  }
}

// MARK: - Parameters, from 1

/// A value stays bound until the parameter is bound again. Binding what is bound already costs next to nothing, so
/// what is the same for a whole batch need not be treated apart.
extension RawStatement {
  func bind(_ index: CInt, _ value: Int64) {
    if values[Int(index)].become(value) { sqlite3_bind_int64(pointer, index, value) }
  }

  func bind(_ index: CInt, _ value: Int64?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  func bind(_ index: CInt, _ value: String) {
    var value = value
    value.withUTF8 { bytes in
      let copy = values[Int(index)].become(bytes) {
        // SQLite would go on reading what is about to be freed: it refuses to bind a statement that is running.
        precondition(sqlite3_stmt_busy(pointer) == 0, "a running statement is bound")
        sqlite3_bind_null(pointer, index)
      }
      // The copy has an address, also when it is empty. Nil as the destructor is SQLITE_STATIC: read in place.
      guard let copy, let start = copy.baseAddress else { return }
      start.withMemoryRebound(to: CChar.self, capacity: copy.count) { characters in
        _ = sqlite3_bind_text(pointer, index, characters, CInt(copy.count), nil)
      }
    }
  }

  func bind(_ index: CInt, _ value: String?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  /// A blob is copied at once.
  func bind(_ index: CInt, _ bytes: [UInt8]) {
    values[Int(index)].becomeOther()
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    // SQLite copies the bytes before it returns.
    bytes.withUnsafeBytes { _ = sqlite3_bind_blob64(pointer, index, $0.baseAddress, UInt64($0.count), transient) }
  }

  func bindNull(_ index: CInt) {
    if values[Int(index)].becomeNull() { sqlite3_bind_null(pointer, index) }
  }
}

// MARK: - Columns, from 0

extension RawStatement {
  func isNull(_ column: CInt) -> Bool { sqlite3_column_type(pointer, column) == SQLITE_NULL }

  func integer(_ column: CInt) -> Int64 { sqlite3_column_int64(pointer, column) }

  func optionalInteger(_ column: CInt) -> Int64? { isNull(column) ? nil : integer(column) }

  func number(_ column: CInt) -> Double { sqlite3_column_double(pointer, column) }

  func text(_ column: CInt) -> String { withText(column) { String(decoding: $0, as: UTF8.self) } }

  func optionalText(_ column: CInt) -> String? { isNull(column) ? nil : text(column) }

  /// The bytes of a text, valid during the call.
  func withText<Result, Failure: Error>(
    _ column: CInt, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // The pointer before the length: asking for the text may convert it.
    let start = sqlite3_column_text(pointer, column)
    return try body(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
  }

  /// The bytes of a blob, valid during the call.
  func withBlob<Result, Failure: Error>(
    _ column: CInt, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = sqlite3_column_blob(pointer, column)
    return try body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
  }
}
