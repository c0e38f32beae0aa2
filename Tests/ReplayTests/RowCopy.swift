import GRDB

/// Rows of one store written into another with fewer columns, as an earlier version would hold them.
enum RowCopy {
  /// Copies every table of the database attached as `schema`, with the columns that the main database has. Foreign keys are
  /// checked at the end of the transaction.
  static func run(from schema: String, _ db: Database) throws {
    try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
    let tables = try String.fetchAll(
      db, sql: "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name <> 'grdb_migrations'")
    for table in tables {
      let columns = try String.fetchAll(
        db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table]
      ).joined(separator: ", ")
      try db.execute(sql: "INSERT INTO main.\(table) (\(columns)) SELECT \(columns) FROM \(schema).\(table)")
    }
  }
}
