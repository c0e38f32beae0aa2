internal import GRDB
import StoreSQL

/// A connection of the pool, during one of its transactions.
package final class SQLiteConnection: SQLConnection {
  let database: Database
  package let dialect: any SQLDialect

  init(_ database: Database, dialect: any SQLDialect = SQLiteDialect()) {
    (self.database, self.dialect) = (database, dialect)
  }

  package func statement(_ sql: String) throws -> any SQLStatement {
    try SQLiteStatement(lentBy: database, sql, dialect: dialect)
  }

  /// `prepare`, for statements of the fast path.
  func keep(_ sql: String) throws -> SQLiteStatement { try SQLiteStatement(database, sql, dialect: dialect) }

  package func prepare(_ sql: String) throws -> any SQLStatement { try keep(sql) }
}
