internal import GRDB
import StoreSQL

/// A connection of the pool, during one of its transactions.
package final class SQLiteConnection: SQLConnection {
  let database: Database
  /// The store's dialect, so that tests can run all statements through another one.
  package let dialect: any SQLDialect

  init(_ database: Database, dialect: any SQLDialect = SQLiteDialect()) {
    (self.database, self.dialect) = (database, dialect)
  }

  /// From the connection's cache, lent until the statement is released.
  package func statement(_ sql: String) throws -> any SQLStatement {
    try SQLiteStatement(lentBy: database, sql, dialect: dialect)
  }

  /// `prepare` with a concrete type, for statements of the fast path.
  func keep(_ sql: String) throws -> SQLiteStatement { try SQLiteStatement(database, sql, dialect: dialect) }

  /// Prepared for the caller, for as long as the caller keeps it.
  package func prepare(_ sql: String) throws -> any SQLStatement { try keep(sql) }
}

// MARK: - Outside a transaction

/// For a connection outside a transaction.
extension SQLiteConnection {
  /// A transaction that reads one snapshot. It takes the write lock of a database with its first write to it.
  func readTransaction<Result>(_ body: () throws -> Result) throws -> Result { try transaction(.deferred, body) }

  /// A transaction that takes the write lock first, so that it waits for others only at its beginning.
  func writeTransaction<Result>(_ body: () throws -> Result) throws -> Result { try transaction(.immediate, body) }

  private func transaction<Result>(
    _ kind: Database.TransactionKind, _ body: () throws -> Result
  ) throws -> Result {
    var result: Result?
    try database.inTransaction(kind) {
      result = try body()
      return .commit
    }
    guard let result else { preconditionFailure("a committed transaction has a result") }
    return result
  }

  /// Runs `body` without foreign key checks.
  func withoutForeignKeys<Result>(_ body: () throws -> Result) throws -> Result {
    try database.execute(sql: "PRAGMA foreign_keys = OFF")
    defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
    return try body()
  }

  /// Attaches another database file during `body`. `isWritten` makes it a single file that is on disk when it is
  /// detached, and that can be read from a read-only medium.
  func attached<Result>(
    _ path: String, as name: String, isWritten: Bool = false, _ body: () throws -> Result
  ) throws -> Result {
    try database.execute(sql: "ATTACH DATABASE ? AS \(name)", arguments: [path])
    do {
      if isWritten {
        try database.execute(sql: "PRAGMA \(name).journal_mode = DELETE; PRAGMA \(name).synchronous = FULL")
      }
      let result = try body()
      try database.execute(sql: "DETACH DATABASE \(name)")
      return result
    } catch {
      try? database.execute(sql: "DETACH DATABASE \(name)")
      throw error
    }
  }
}
