/// The connection of one import: each statement is prepared when it is first run, and kept until the import ends.
final class ImportStatements: SQLConnection {
  private let db: any SQLConnection
  private var prepared: [String: any SQLStatement] = [:]

  init(_ db: any SQLConnection) { self.db = db }

  var dialect: any SQLDialect { db.dialect }

  func statement(_ sql: String) throws -> any SQLStatement {
    if let statement = prepared[sql] { return statement }
    let statement = try db.prepare(sql)
    prepared[sql] = statement
    return statement
  }

  func prepare(_ sql: String) throws -> any SQLStatement { try db.prepare(sql) }
}
