import Routing

/// A connection to a store's database, inside a transaction that its owner begins and ends.
///
/// Statements are written in SQLite's SQL with parameters `?1`, `?2`, …; `dialect` translates them for other engines. A
/// connection and its statements must stay on the thread of the transaction.
package protocol SQLConnection: AnyObject {
  /// Translates statements for the engine.
  var dialect: any SQLDialect { get }

  /// A prepared statement for one use, from the connection's cache. Throws for SQL that the engine refuses.
  func statement(_ sql: String) throws -> any SQLStatement

  /// A prepared statement that the caller may keep and run again while the connection lives.
  func prepare(_ sql: String) throws -> any SQLStatement
}

// MARK: - Reading

extension SQLConnection {
  /// Calls `body` with each row in turn. A row is valid during the call.
  package func each(_ sql: String, _ arguments: SQLArguments = [], _ body: (SQLRow) throws -> Void) throws {
    let rows = try query(sql, arguments)
    while let row = try rows.next() { try body(row) }
  }

  /// The results of `body` for all rows, in row order.
  package func all<Result>(
    _ sql: String, _ arguments: SQLArguments = [], _ body: (SQLRow) throws -> Result
  ) throws -> [Result] {
    let rows = try query(sql, arguments)
    var results: [Result] = []
    while let row = try rows.next() { results.append(try body(row)) }
    return results
  }

  /// The result of `body` for the first row; nil without a row.
  package func first<Result>(
    _ sql: String, _ arguments: SQLArguments = [], _ body: (SQLRow) throws -> Result
  ) throws -> Result? {
    let rows = try query(sql, arguments)
    // A row is valid while its query is open.
    return try withExtendedLifetime(rows) { try rows.next().map(body) }
  }

  /// The first column of the first row; nil without a row and for NULL.
  package func value<Value: SQLReadable>(
    _ sql: String, _ arguments: SQLArguments = [], as type: Value.Type = Value.self
  ) throws -> Value? {
    let statement = try bound(sql, arguments)
    defer { statement.reset() }
    guard try statement.step(), !statement.isNull(0) else { return nil }
    return Value.read(statement, 0)
  }

  /// The first column of all rows.
  package func values<Value: SQLReadable>(
    _ sql: String, _ arguments: SQLArguments = [], as type: Value.Type = Value.self
  ) throws -> [Value] {
    let statement = try bound(sql, arguments)
    defer { statement.reset() }
    var values: [Value] = []
    while try statement.step() { values.append(Value.read(statement, 0)) }
    return values
  }

  /// Rows read one by one, at the caller's pace.
  package func query(_ sql: String, _ arguments: SQLArguments = []) throws -> SQLRows {
    SQLRows(try bound(sql, arguments))
  }

  private func bound(_ sql: String, _ arguments: SQLArguments) throws -> any SQLStatement {
    let statement = try statement(sql)
    statement.bind(arguments)
    return statement
  }
}

// MARK: - Writing

extension SQLConnection {
  /// Runs a statement that may change any number of rows; returns how many it changed.
  @discardableResult
  package func change(_ sql: String, _ arguments: SQLArguments = []) throws -> Int {
    try bound(sql, arguments).run()
  }

  /// Runs an INSERT of one row into a table whose key is `id`; returns the row's key.
  package func insert(_ sql: String, _ arguments: SQLArguments) throws -> Int64 {
    try bound(sql + dialect.returningKey, arguments).insert()
  }

  /// Runs a statement that must change exactly one row (I-36).
  ///
  /// Throws `StoreError.conflict` with `expectation` otherwise.
  package func changeOne(
    _ sql: String, _ arguments: SQLArguments, expecting expectation: @autoclosure () -> String
  ) throws {
    let count = try change(sql, arguments)
    guard count == 1 else {
      throw StoreError.conflict(
        "expected \(expectation()), found \(count) such rows: the row was changed meanwhile; check it and try again")
    }
  }
}

/// The rows of a query, read one by one. The query ends when this object is released.
package final class SQLRows {
  private let statement: any SQLStatement
  private var isAtEnd = false

  /// `statement` must be bound and not yet stepped.
  package init(_ statement: any SQLStatement) { self.statement = statement }

  /// The next row, valid until the next call; nil after the last one.
  package func next() throws -> SQLRow? {
    guard !isAtEnd else { return nil }
    if try statement.step() { return SQLRow(statement) }
    isAtEnd = true
    return nil
  }

  deinit { if !isAtEnd { statement.reset() } }
}
