internal import GRDB

/// The statements of one import, each prepared when it is first run.
final class ImportStatements {
  private let db: Database
  private var prepared: [String: ImportStatement] = [:]

  init(_ db: Database) { self.db = db }

  subscript(sql: String) -> ImportStatement {
    get throws {
      if let statement = prepared[sql] { return statement }
      let statement = try ImportStatement(db, sql)
      prepared[sql] = statement
      return statement
    }
  }
}
