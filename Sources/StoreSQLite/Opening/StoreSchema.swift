import Routing
import StoreSQL

/// The tables, indexes and triggers of a store by name, as SQLite stores them.
struct StoreSchema: Equatable, Sendable {
  private let definitions: [String: Definition]

  private struct Definition: Equatable, Sendable {
    var kind: String
    var sql: String?
  }

  /// The schema that this program's migrations make, computed once in memory.
  static let expected = Result { try StoreSchema(of: .all) }

  /// The schema that `migrations` make.
  init(of migrations: Migrations) throws { self = try migrations.inMemory(StoreSchema.init(reading:)) }

  init(reading db: SQLiteConnection) throws {
    var definitions: [String: Definition] = [:]
    // Names that start with `sqlite_` are SQLite's own: indexes of constraints, and statistics, which may or may not
    // exist.
    let sql = "SELECT name, type, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    try db.each(sql) { row in
      definitions[row["name"]] = Definition(kind: row["type"], sql: row["sql"])
    }
    self.definitions = definitions
  }

  var isEmpty: Bool { definitions.isEmpty }

  /// The first difference from the expected schema, by name; nil if they are equal (I-69).
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
