import GRDB
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// The SQL in the sources, as prepared by a scenario on a real store.
struct StatementTests {
  @Test func `the scenario prepares every statement of the sources`() async throws {
    let prepared = try await Census.statements.value.map(\.singleSpaced)
    let statements = try SourceStatement.all(in: "Sources/StoreSQL")
    #expect(statements.count > 200)
    for statement in statements {
      for fragment in statement.fragments {
        let isPrepared = prepared.contains { $0.contains(fragment) }
        #expect(isPrepared, "\(statement.file):\(statement.line) was not prepared: \(fragment)")
      }
    }
  }

  @Test func `statements number their parameters and do not use row ids`() async throws {
    for statement in try await Census.statements.value where !statement.contains("pragma_foreign_key_check") {
      let tokens = Array(SQLTokens(statement))
      #expect(tokens.allSatisfy { $0.kind != .parameter || $0.text.count > 1 }, "unnumbered parameter: \(statement)")
      let words = tokens.filter { $0.kind == .word }.map { $0.text.lowercased() }
      let columns = words.filter { $0 != "without" }
      #expect(!columns.contains("last_insert_rowid"), "\(statement)")
      #expect(zip([""] + words, words).allSatisfy { $0 == "without" || $1 != "rowid" }, "row id: \(statement)")
      #expect(zip(words, words.dropFirst()).allSatisfy { $0 != "insert" || $1 != "or" }, "INSERT OR: \(statement)")
      #expect(tokens.allSatisfy { ![":", "@", "$"].contains($0.text) }, "named parameter: \(statement)")
    }
  }

  /// A row traps for a name that its statement does not have.
  @Test func `every column that is read by its name is a column of a statement`() async throws {
    let columns = try StatementTests.columns(of: try await Census.statements.value)
    let read = try SourceStatement.namesRead(in: "Sources/StoreSQL")
    #expect(read.count > 100)
    #expect(read.subtracting(columns).sorted() == [])
  }

  /// Tables that exist during one transaction are left out.
  private static func columns(of statements: [String]) throws -> Set<String> {
    let folder = TestFolder()
    let store = try SQLiteStore.create(at: folder.file("usher.db"))
    return try store.pool.read { db in
      statements.reduce(into: []) { columns, sql in
        if let statement = try? db.makeStatement(sql: sql) { columns.formUnion(statement.columnNames) }
      }
    }
  }
}
