import GRDB

/// Writes rows of one store into another with fewer columns, as an earlier version would have stored them.
enum RowCopy {
  /// What columns of earlier versions are called now.
  private static let renamed = ["limit_in_flight": "limit_queue", "canary_guards": "canary_rollback_limits"]

  /// Copies every table of the database attached as `schema`, restricted to the columns of the main database. Foreign
  /// keys are checked at the end of the transaction.
  static func run(from schema: String, _ db: Database) throws {
    try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
    let tables = try String.fetchAll(
      db, sql: "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name <> 'grdb_migrations'")
    for table in tables {
      let columns = try String.fetchAll(
        db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
      let sources = columns.map { renamed[$0] ?? $0 }.joined(separator: ", ")
      try db.execute(
        sql: """
          INSERT INTO main.\(table) (\(columns.joined(separator: ", "))) SELECT \(sources) FROM \(schema).\(table)
          """)
    }
  }
}
