/// The columns of the row at which a statement stands, from 0. A column's value is converted to the type that is asked
/// for as SQLite does it: NULL reads as 0 and as the empty text.
package protocol SQLColumns: AnyObject {
  func isNull(_ column: Int) -> Bool
  func integer(_ column: Int) -> Int64
  func number(_ column: Int) -> Double
  func text(_ column: Int) -> String
  func blob(_ column: Int) -> [UInt8]
  /// The value in the type in which the engine holds it.
  func value(_ column: Int) -> SQLValue

  /// The place of the column with this name. A name that the statement does not have is a fault of the program and ends
  /// it. Costs one comparison when columns are asked for in their order.
  func place(of name: String) -> Int

  /// The bytes of a text, valid during the call.
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

  /// By the column's place in the SELECT.
  package func isNull(_ column: some SQLColumn) -> Bool { isNull(column.rawValue) }
  /// By the column's place; NULL reads as 0.
  package func integer(_ column: some SQLColumn) -> Int64 { integer(column.rawValue) }
  /// By the column's place; nil for NULL.
  package func optionalInteger(_ column: some SQLColumn) -> Int64? { optionalInteger(column.rawValue) }
  /// By the column's place; NULL reads as the empty text.
  package func text(_ column: some SQLColumn) -> String { text(column.rawValue) }
  /// By the column's place; nil for NULL.
  package func optionalText(_ column: some SQLColumn) -> String? { optionalText(column.rawValue) }

  /// Nil for NULL.
  package func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }
}

/// A prepared statement: bound, then stepped to its end or reset, then bound again. The parameters keep their values.
package protocol SQLStatement: SQLColumns {
  /// Moves to the next row; false after the last one, and then the statement can be bound again.
  func step() throws -> Bool

  /// Runs a statement that returns no rows. Returns how many rows it changed.
  @discardableResult func run() throws -> Int

  /// Runs an INSERT of one row that was prepared with the dialect's `returningKey`. Returns the key of the row.
  func insert() throws -> Int64

  /// Ends a query before its last row, and lets go of what it reads. Does nothing to a statement at its end.
  func reset()

  /// The highest number of a parameter in the statement's text.
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

  /// In the type that the value has. Parameters count from 1.
  package func bind(_ parameter: Int, _ value: SQLValue) {
    switch value {
    case .null: bindNull(parameter)
    case .integer(let value): bind(parameter, value)
    case .number(let value): bind(parameter, value)
    case .text(let value): bind(parameter, value)
    case .blob(let value): bind(parameter, value)
    }
  }

  /// Binds all parameters, in their order. Another number of arguments is a fault of the program.
  package func bind(_ arguments: SQLArguments) {
    let count = parameterCount
    precondition(count == arguments.values.count, "expected \(count) arguments, found \(arguments.values.count)")
    for (index, value) in arguments.values.enumerated() { bind(index + 1, value) }
  }

  /// Binds all parameters and runs a statement that returns no rows. Returns how many rows it changed.
  @discardableResult
  package func run(_ arguments: SQLArguments) throws -> Int {
    bind(arguments)
    return try run()
  }
}

/// A row, valid until its statement moves. Columns are read by their names in the type that the place wants:
/// `let id: Int64 = row["id"]`.
package struct SQLRow {
  /// The statement, for columns that are read by their places.
  package let columns: any SQLColumns

  /// `columns` must stand at a row while this is used.
  package init(_ columns: any SQLColumns) { self.columns = columns }

  /// Reads every column, so that damage to the row is found.
  package func readAll() { for column in 0..<columns.columnCount { _ = columns.value(column) } }

  /// Finds the column by its name; one that the statement lacks ends the program.
  package subscript<Value: SQLReadable>(_ name: String) -> Value { Value.read(columns, columns.place(of: name)) }

  /// Reads at the column's place: the SELECT must be made of the same `SQLColumn`.
  package subscript<Column: SQLColumn, Value: SQLReadable>(_ column: Column) -> Value {
    Value.read(columns, column.rawValue)
  }
}

/// The columns of a SELECT that is run often, in their order: its text is made from them (`select`), and each is read at
/// its place without a look at names.
package protocol SQLColumn: RawRepresentable<Int>, CaseIterable, Sendable {
  /// The column's expression in the SELECT, with the table's short name: `c.due_at`.
  var expression: String { get }
}

extension SQLColumn {
  /// All columns in the order of their places, for the text of a SELECT.
  package static var select: String { allCases.map(\.expression).joined(separator: ", ") }
}

/// Why an engine did not take a statement.
package protocol SQLFailure: Error {
  /// The engine's words if a row broke a constraint of the schema; nil for every other failure.
  var refusal: String? { get }
}
