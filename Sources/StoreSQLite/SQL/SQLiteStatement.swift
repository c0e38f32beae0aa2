internal import GRDB
internal import GRDBSQLite
import Routing
import StoreSQL
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A prepared statement of SQLite's C interface.
///
/// Belongs to one connection and must be used where that connection is used. When released, it is finalised, or
/// returned to the connection that caches it.
final class SQLiteStatement: SQLStatement {
  private let pointer: OpaquePointer
  /// The connection's cached statement; nil for a statement of its own.
  private let lender: Statement?
  private let connection: OpaquePointer
  /// One for each parameter, starting with parameter 1. Like the parameters of a new statement, they start as NULL.
  private let values: UnsafeMutableBufferPointer<BoundValue>
  /// SQLite's number of each parameter, for a dialect with named parameters, which SQLite counts in order of
  /// appearance.
  private let numbers: [CInt]?
  /// The names of the columns since the last reset; empty before the first lookup.
  // A statement stays on one thread, and nothing here calls back, so no accesses overlap.
  @exclusivity(unchecked) private var names: [UnsafePointer<CChar>] = []
  /// The position after the last column looked up.
  @exclusivity(unchecked) private var nextPlace = 0

  init(_ db: Database, _ sql: String, dialect: any SQLDialect = SQLiteDialect()) throws {
    guard let connection = db.sqliteConnection else { preconditionFailure("the connection is closed") }
    var pointer: OpaquePointer?
    let code = sqlite3_prepare_v3(connection, dialect.text(sql), -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
    guard code == SQLITE_OK, let pointer else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)), sql: sql
      )
    }
    (self.pointer, self.connection, lender) = (pointer, connection, nil)
    values = SQLiteStatement.values(of: pointer)
    numbers = dialect.namesParameters ? SQLiteStatement.numbers(of: pointer) : nil
  }

  /// A statement cached by the connection, for occasional reads on short-lived connections. While it is lent, the same
  /// SQL is prepared again.
  convenience init(lentBy db: Database, _ sql: String, dialect: any SQLDialect = SQLiteDialect()) throws {
    let statement = try db.cachedStatement(sql: dialect.text(sql))
    if SQLiteStatement.lent.withLock({ $0.insert(UInt(bitPattern: statement.sqliteStatement)).inserted }) {
      self.init(lentBy: db, statement, namesParameters: dialect.namesParameters)
    } else {
      try self.init(db, sql, dialect: dialect)
    }
  }

  /// The statements lent now: they are bound, and may not have been stepped yet.
  private static let lent = Mutex<Set<UInt>>([])

  private init(lentBy db: Database, _ statement: Statement, namesParameters: Bool) {
    guard let connection = db.sqliteConnection else { preconditionFailure("the connection is closed") }
    (pointer, self.connection, lender) = (statement.sqliteStatement, connection, statement)
    sqlite3_reset(pointer)
    sqlite3_clear_bindings(pointer)
    values = SQLiteStatement.values(of: pointer)
    numbers = namesParameters ? SQLiteStatement.numbers(of: pointer) : nil
  }

  private static func values(of pointer: OpaquePointer) -> UnsafeMutableBufferPointer<BoundValue> {
    let values = UnsafeMutableBufferPointer<BoundValue>.allocate(
      capacity: Int(sqlite3_bind_parameter_count(pointer)) + 1)
    values.initialize(repeating: BoundValue())
    return values
  }

  private static func numbers(of pointer: OpaquePointer) -> [CInt] {
    let count = sqlite3_bind_parameter_count(pointer)
    return [0] + (0..<count).map { sqlite3_bind_parameter_index(pointer, "$\($0 + 1)") }
  }

  deinit {
    // Release the statement before the texts bound to it.
    if lender == nil {
      sqlite3_finalize(pointer)
    } else {
      sqlite3_reset(pointer)
      sqlite3_clear_bindings(pointer)
      SQLiteStatement.lent.withLock { _ = $0.remove(UInt(bitPattern: pointer)) }
    }
    for index in values.indices { values[index].free() }
    values.deallocate()
  }
}

// MARK: - Running

extension SQLiteStatement {
  func step() throws -> Bool {
    let code = sqlite3_step(pointer)
    if code == SQLITE_ROW { return true }
    guard code == SQLITE_DONE else { throw failure(code) }
    reset()
    return false
  }

  @discardableResult
  func run() throws -> Int {
    let code = sqlite3_step(pointer)
    guard code == SQLITE_DONE else { throw failure(code) }
    sqlite3_reset(pointer)
    return Int(sqlite3_changes(connection))
  }

  func insert() throws -> Int64 {
    guard columnCount > 0 else {
      try run()
      return sqlite3_last_insert_rowid(connection)
    }
    defer { reset() }
    guard try step() else { throw StoreError.conflict("expected the key of a new row, found none") }
    return integer(0)
  }

  func reset() {
    // SQLite may prepare the statement again at the next run, which frees the names.
    if !names.isEmpty { names.removeAll(keepingCapacity: true) }
    sqlite3_reset(pointer)
  }

  private func failure(_ code: CInt) -> DatabaseError {
    let extended = sqlite3_extended_errcode(connection)
    let error = DatabaseError(
      resultCode: ResultCode(rawValue: extended == SQLITE_OK ? code : extended),
      message: String(cString: sqlite3_errmsg(connection)), sql: String(cString: sqlite3_sql(pointer)))
    reset()
    return error
  }
}

// MARK: - Parameters, from 1

/// Binding a value again costs next to nothing, so values that stay the same for a whole batch need no special case.
extension SQLiteStatement {
  var parameterCount: Int { values.count - 1 }

  private func number(_ parameter: Int) -> CInt { numbers?[parameter] ?? CInt(truncatingIfNeeded: parameter) }

  func bind(_ parameter: Int, _ value: Int64) {
    if values[parameter].become(value) { sqlite3_bind_int64(pointer, number(parameter), value) }
  }

  func bind(_ parameter: Int, _ value: Int64?) {
    if let value { bind(parameter, value) } else { bindNull(parameter) }
  }

  func bind(_ parameter: Int, _ value: Double) {
    values[parameter].becomeOther()
    sqlite3_bind_double(pointer, number(parameter), value)
  }

  func bind(_ parameter: Int, _ value: String) {
    var value = value
    value.withUTF8 { bytes in
      let copy = values[parameter].become(bytes) {
        // SQLite would read freed bytes: it refuses to bind a running statement.
        precondition(sqlite3_stmt_busy(pointer) == 0, "a running statement is bound")
        sqlite3_bind_null(pointer, number(parameter))
      }
      // The copy has an address even if it is empty. The nil destructor is SQLITE_STATIC: SQLite reads in place.
      guard let copy, let start = copy.baseAddress else { return }
      start.withMemoryRebound(to: CChar.self, capacity: copy.count) { characters in
        _ = sqlite3_bind_text(pointer, number(parameter), characters, CInt(copy.count), nil)
      }
    }
  }

  func bind(_ parameter: Int, _ value: String?) {
    if let value { bind(parameter, value) } else { bindNull(parameter) }
  }

  /// SQLite copies a blob immediately.
  func bind(_ parameter: Int, _ bytes: [UInt8]) {
    values[parameter].becomeOther()
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    // SQLite copies the bytes before it returns. A null pointer would bind NULL, and an empty buffer may have one.
    bytes.withUnsafeBytes { bytes in
      if let start = bytes.baseAddress {
        _ = sqlite3_bind_blob64(pointer, number(parameter), start, UInt64(bytes.count), transient)
      } else {
        _ = sqlite3_bind_zeroblob(pointer, number(parameter), 0)
      }
    }
  }

  func bindNull(_ parameter: Int) {
    if values[parameter].becomeNull() { sqlite3_bind_null(pointer, number(parameter)) }
  }
}

// MARK: - Columns, from 0

extension SQLiteStatement {
  var columnCount: Int { Int(sqlite3_column_count(pointer)) }

  func isNull(_ column: Int) -> Bool { sqlite3_column_type(pointer, CInt(truncatingIfNeeded: column)) == SQLITE_NULL }

  func integer(_ column: Int) -> Int64 { sqlite3_column_int64(pointer, CInt(truncatingIfNeeded: column)) }

  func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }

  func number(_ column: Int) -> Double { sqlite3_column_double(pointer, CInt(truncatingIfNeeded: column)) }

  func text(_ column: Int) -> String { withText(column) { String(decoding: $0, as: UTF8.self) } }

  func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

  func blob(_ column: Int) -> [UInt8] {
    let column = CInt(truncatingIfNeeded: column)
    // The bytes are valid until the statement moves, so they are copied immediately.
    let start = sqlite3_column_blob(pointer, column)
    return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
  }

  func value(_ column: Int) -> SQLValue {
    switch sqlite3_column_type(pointer, CInt(truncatingIfNeeded: column)) {
    case SQLITE_INTEGER: .integer(integer(column))
    case SQLITE_FLOAT: .number(number(column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB: .blob(blob(column))
    default: .null
    }
  }

  /// The bytes of a text column, valid during the call.
  func withText<Result, Failure: Error>(
    _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let column = CInt(truncatingIfNeeded: column)
    // The pointer before the length: reading the text may convert it.
    let start = sqlite3_column_text(pointer, column)
    return try body(UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
  }

  // The deciding batch reads by enums: within this module these cost no more than integers.
  func integer(_ column: some SQLColumn) -> Int64 { integer(column.rawValue) }

  func optionalInteger(_ column: some SQLColumn) -> Int64? { optionalInteger(column.rawValue) }

  func text(_ column: some SQLColumn) -> String { text(column.rawValue) }

  func optionalText(_ column: some SQLColumn) -> String? { optionalText(column.rawValue) }

  func place(of name: String) -> Int {
    if names.isEmpty {
      names = (0..<sqlite3_column_count(pointer)).map { column in
        guard let name = sqlite3_column_name(pointer, column) else { preconditionFailure("no memory for a name") }
        return name
      }
      nextPlace = 0
    }
    for offset in names.indices {
      let place = nextPlace + offset < names.count ? nextPlace + offset : nextPlace + offset - names.count
      if strcmp(names[place], name) == 0 {
        nextPlace = place + 1
        return place
      }
    }
    preconditionFailure("no column '\(name)' in: \(String(cString: sqlite3_sql(pointer)))")
  }
}
