import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

extension Slow {
  /// The same SQL on PostgreSQL, translated by its dialect. Fails if an installed server does not start.
  @Suite(.enabled(if: PostgreSQLServer.isInstalled, "PostgreSQL 15 is not installed: no statement is prepared on it"))
  struct PostgreSQLStatementTests {
    /// Prefixes and names that identify the statements of SQLite's own store, and their purpose.
    private static let sqliteOnly = [
      "archive.": "moves old decisions to an archive", "main.": "moves old decisions to an archive",
      "temp.prune_": "moves old decisions to an archive", "pragma_": "checks the file",
      "PRAGMA ": "reads the settings of a connection",
    ]

    /// Statements that PostgreSQL's `PREPARE` does not accept. They are run instead.
    private static let unpreparable = ["CREATE", "DROP", "SAVEPOINT", "RELEASE", "ROLLBACK"]

    @Test func `json_each of PostgreSQL returns the same members and elements as SQLite's`() throws {
      let server = try PostgreSQLServer()
      let documents = [#"{"a":1,"b":"x y"}"#, #"["a","b.lua"]"#, "[]", "{}"]
      let script = documents.map { "SELECT key, value FROM json_each('\($0)'::text);\n" }.joined()
      #expect(try server.psql(PostgreSQLDialect.definitions + script) == ["a|1", "b|x y", "0|a", "1|b.lua"])
    }

    @Test func `every neutral statement prepares on PostgreSQL, and no column is a boolean`() async throws {
      let server = try PostgreSQLServer()
      let neutral = try await Census.statements.value.filter { statement in
        !Self.sqliteOnly.keys.contains { statement.contains($0) }
      }
      #expect(neutral.count > 300)
      let problems = try Self.problems(of: neutral, on: server)
      #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }

    /// PostgreSQL's errors for statements, each with its SQL.
    private static func problems(of statements: [String], on server: PostgreSQLServer) throws -> [String] {
      let folder = TestFolder()
      let store = try SQLiteStore.create(at: folder.file("usher.db"))
      let dialect = PostgreSQLDialect()
      let isRun = { (sql: String) in Self.unpreparable.contains { sql.hasPrefix($0) } }
      var script = try PostgreSQLSchema.statements(of: store).map { $0 + ";\n" }.joined()
      script += PostgreSQLDialect.definitions + "\n"
      // The statements of an import refer to its temporary tables.
      script += "BEGIN;\n"
      for statement in statements where statement.hasPrefix("CREATE") { script += dialect.text(statement) + ";\n" }
      script += "COMMIT;\n\\echo @begin\n"
      for (number, statement) in statements.enumerated() where !isRun(statement) {
        let text = dialect.text(statement)
        script += "\\echo @\(number)\nPREPARE s\(number) AS \(text);\n\(text) \\gdesc\n"
      }
      script += "\\echo @end\nBEGIN; SAVEPOINT import_line;\n"
      for statement in ["ROLLBACK", "RELEASE", "DROP"].flatMap({ word in statements.filter { $0.hasPrefix(word) } }) {
        script += dialect.text(statement) + ";\n"
      }
      var (problems, current): ([String], Int?) = ([], nil)
      let lines = try server.psql(script)
      #expect(lines.contains("@end"), "psql did not run the script: \(lines.prefix(3))")
      for line in lines {
        if line.hasPrefix("@") {
          current = Int(line.dropFirst())
        } else if line.contains("ERROR") || line.hasSuffix("|boolean") {
          problems.append("\(line)\n  in: \(current.map { statements[$0] } ?? "what makes or drops tables")")
        }
      }
      return problems
    }
  }
}
