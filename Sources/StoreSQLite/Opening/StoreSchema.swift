import Routing
import StoreSQL

/// The tables, indexes and triggers of a store, as SQLite keeps them, by name.
struct StoreSchema: Equatable, Sendable {
  private let definitions: [String: Definition]

  private struct Definition: Equatable, Sendable {
    var kind: String
    var sql: String?
  }

  /// What this program's migrations make; worked out once in memory.
  static let expected = Result { try StoreSchema(of: .all) }

  /// What `migrations` make.
  init(of migrations: Migrations) throws { self = try migrations.inMemory(StoreSchema.init(reading:)) }

  init(reading db: SQLiteConnection) throws {
    var definitions: [String: Definition] = [:]
    // What begins with `sqlite_` is SQLite's own: indexes of constraints, and statistics that may come and go.
    let sql = "SELECT name, type, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    try db.each(sql) { row in
      definitions[row["name"]] = Definition(kind: row["type"], sql: row["sql"])
    }
    self.definitions = definitions
  }

  var isEmpty: Bool { definitions.isEmpty }

  /// What is different here from what is expected, first by name; nil when all is the same (I-69).
  func difference(from expected: StoreSchema) -> String? {
    let names = Set(definitions.keys).union(expected.definitions.keys).sorted()
    for name in names {
      switch (definitions[name], expected.definitions[name]) {
      case (let found?, nil): return "a \(found.kind) '\(name)' that should not be there"
      case (nil, let wanted?): return "no \(wanted.kind) '\(name)'"
      case (let found?, let wanted?) where found != wanted:
        return "a \(found.kind) '\(name)' that was altered"
      default: continue
      }
    }
    return nil
  }
}
