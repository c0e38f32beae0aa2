internal import GRDB
import StoreSQL

/// A connection of the pool, during one of its transactions.
final class SQLiteConnection: SQLConnection {
  let database: Database
  let dialect: any SQLDialect

  init(_ database: Database, dialect: any SQLDialect = SQLiteDialect()) {
    (self.database, self.dialect) = (database, dialect)
  }

  func statement(_ sql: String) throws -> any SQLStatement {
    try SQLiteStatement(lentBy: database, sql, dialect: dialect)
  }

  /// `prepare`, for statements of the fast path.
  func keep(_ sql: String) throws -> SQLiteStatement { try SQLiteStatement(database, sql, dialect: dialect) }

  func prepare(_ sql: String) throws -> any SQLStatement { try keep(sql) }
}
