/// The columns of a statement's current row, from 0. Values are converted to the requested type as in SQLite: NULL
/// reads as 0 and as the empty string.
package protocol SQLColumns: AnyObject {
  func isNull(_ column: Int) -> Bool
  func integer(_ column: Int) -> Int64
  func number(_ column: Int) -> Double
  func text(_ column: Int) -> String
  func blob(_ column: Int) -> [UInt8]
  /// The value in its stored type.
  func value(_ column: Int) -> SQLValue

  /// The position of the column with this name. An unknown name is a programming error and traps. Costs one comparison
  /// if columns are read in order.
  func place(of name: String) -> Int

  /// The bytes of a text column, valid during the call.
  func withText<Result, Failure: Error>(
    _ column: Int, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result

  /// The number of columns of a row; 0 for a statement that returns none.
  var columnCount: Int { get }
}

extension SQLColumns {
  /// Nil for NULL.
  package func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }
  /// The value of a statement that has one column.
  package var onlyInteger: Int64 { integer(0) }
  /// The same, nil for NULL.
  package var onlyOptionalInteger: Int64? { optionalInteger(0) }
  /// The same, for a text.
  package var onlyText: String { text(0) }

  /// By the column's position in the SELECT.
  package func isNull(_ column: some SQLColumn) -> Bool { isNull(column.rawValue) }
  /// By the column's position; NULL reads as 0.
  package func integer(_ column: some SQLColumn) -> Int64 { integer(column.rawValue) }
  /// By the column's position; nil for NULL.
  package func optionalInteger(_ column: some SQLColumn) -> Int64? { optionalInteger(column.rawValue) }
  /// By the column's position; NULL reads as the empty string.
  package func text(_ column: some SQLColumn) -> String { text(column.rawValue) }
  /// By the column's position; nil for NULL.
  package func optionalText(_ column: some SQLColumn) -> String? { optionalText(column.rawValue) }

  /// Nil for NULL.
  package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
}

/// A prepared statement: bind it, step it to its end or reset it, and bind it again. Parameters keep their values.
package protocol SQLStatement: SQLColumns {
  /// Moves to the next row; returns false after the last one, when the statement can be bound again.
  func step() throws -> Bool

  /// Runs a statement that returns no rows; returns how many rows it changed.
  @discardableResult func run() throws -> Int

  /// Runs an INSERT of one row, prepared with the dialect's `returningKey`; returns the row's key.
  func insert() throws -> Int64

  /// Ends a query before its last row and releases its read lock. Does nothing after the last row.
  func reset()

  /// The highest parameter number in the statement.
  var parameterCount: Int { get }

  // A value stays bound until the parameter is bound again. Parameters count from 1.
  func bind(_ parameter: Int, _ value: Int64)
  func bind(_ parameter: Int, _ value: Double)
  func bind(_ parameter: Int, _ value: String)
  func bind(_ parameter: Int, _ bytes: [UInt8])
  func bindNull(_ parameter: Int)
}

extension SQLStatement {
  /// Nil binds NULL. Parameters count from 1.
  package func bind(_ parameter: Int, _ value: Int64?) {
    if let value { bind(parameter, value) } else { bindNull(parameter) }
  }

  /// Nil binds NULL. Parameters count from 1.
  package func bind(_ parameter: Int, _ value: String?) {
    if let value { bind(parameter, value) } else { bindNull(parameter) }
  }

  /// Binds the value in its own type. Parameters count from 1.
  package func bind(_ parameter: Int, _ value: SQLValue) {
    switch value {
    case .null: bindNull(parameter)
    case .integer(let value): bind(parameter, value)
    case .number(let value): bind(parameter, value)
    case .text(let value): bind(parameter, value)
    case .blob(let value): bind(parameter, value)
    }
  }

  /// Binds all parameters in order. A wrong number of arguments is a programming error.
  package func bind(_ arguments: SQLArguments) {
    let count = parameterCount
    precondition(count == arguments.values.count, "expected \(count) arguments, found \(arguments.values.count)")
    for (index, value) in arguments.values.enumerated() { bind(index + 1, value) }
  }

  /// Binds all parameters and runs a statement that returns no rows; returns how many rows it changed.
  @discardableResult
  package func run(_ arguments: SQLArguments) throws -> Int {
    bind(arguments)
    return try run()
  }
}

/// A row, valid until its statement moves. Columns are read by name, in the type of the variable: `let id: Int64 =
/// row["id"]`.
package struct SQLRow {
  /// The statement, for reads by position.
  package let columns: any SQLColumns

  /// `columns` must be at a row while this is used.
  package init(_ columns: any SQLColumns) { self.columns = columns }

  /// Reads every column, to detect a damaged row.
  package func readAll() { for column in 0..<columns.columnCount { _ = columns.value(column) } }

  /// Reads the column with this name; traps if the statement does not have it.
  package subscript<Value: SQLReadable>(_ name: String) -> Value { Value.read(columns, columns.place(of: name)) }

  /// Reads at the column's position: the SELECT must be made from the same `SQLColumn`.
  package subscript<Column: SQLColumn, Value: SQLReadable>(_ column: Column) -> Value {
    Value.read(columns, column.rawValue)
  }
}

/// The columns of a SELECT that runs often, in order: `select` makes the SQL from them, and each is read at its
/// position instead of by name.
package protocol SQLColumn: RawRepresentable<Int>, CaseIterable, Sendable {
  /// The column's expression in the SELECT, with the table's alias: `c.due_at`.
  var expression: String { get }
}

extension SQLColumn {
  /// All columns in order, for the SQL of a SELECT.
  package static var select: String { allCases.map(\.expression).joined(separator: ", ") }
}

/// Why an engine refused a statement.
package protocol SQLFailure: Error {
  /// The engine's message if a row violated a constraint of the schema; nil for every other failure.
  var refusal: String? { get }
}
