/// The statements of one import, each prepared when it is first run.
final class ImportStatements {
  private let db: any SQLConnection
  private var prepared: [String: any SQLStatement] = [:]

  init(_ db: any SQLConnection) { self.db = db }

  /// A statement that inserts one row and tells its key. A text is either that or run as it is.
  func insert(_ sql: String) throws -> any SQLStatement {
    if let statement = prepared[sql] { return statement }
    let statement = try db.prepare(sql + db.dialect.returningKey)
    prepared[sql] = statement
    return statement
  }

  subscript(sql: String) -> any SQLStatement {
    get throws {
      if let statement = prepared[sql] { return statement }
      let statement = try db.prepare(sql)
      prepared[sql] = statement
      return statement
    }
  }
}
