/// The statements of one import, each prepared when it is first run.
final class ImportStatements {
  private let db: any SQLConnection
  private var prepared: [String: any SQLStatement] = [:]

  init(_ db: any SQLConnection) { self.db = db }

  subscript(sql: String) -> any SQLStatement {
    get throws { try statement(sql, endingWith: "") }
  }

  /// A statement that inserts one row and tells its key. A text is either that or run as it is.
  func insert(_ sql: String) throws -> any SQLStatement { try statement(sql, endingWith: db.dialect.returningKey) }

  private func statement(_ sql: String, endingWith ending: String) throws -> any SQLStatement {
    if let statement = prepared[sql] { return statement }
    let statement = try db.prepare(sql + ending)
    prepared[sql] = statement
    return statement
  }
}
