import GRDB
import Routing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct SQLiteStatementTests {
  /// Texts that fit the previous one's buffer, that need more, that are empty, and that repeat.
  private static let texts = ["owner", "owner", "", "a", String(repeating: "long ", count: 100), "", "short", "ünï"]

  @Test func `a parameter has the value bound last, whatever it had before`() throws {
    try DatabaseQueue().write { db in
      try db.execute(sql: "CREATE TABLE rows (text TEXT, number INTEGER)")
      let insert = try SQLiteStatement(db, "INSERT INTO rows VALUES (?1, ?2)")
      var expected: [Row] = []
      for (index, text) in Self.texts.enumerated() {
        for value in [text, text, nil, text] {
          insert.bind(1, value)
          insert.bind(2, index % 3 == 0 ? nil : Int64(index / 2))
          try insert.run()
          expected.append(["text": value, "number": index % 3 == 0 ? nil : Int64(index / 2)])
        }
      }
      #expect(try Row.fetchAll(db, sql: "SELECT text, number FROM rows ORDER BY rowid") == expected)
    }
  }

  @Test func `a value stays bound from one run to the next, and can change its type`() throws {
    try DatabaseQueue().write { db in
      try db.execute(sql: "CREATE TABLE rows (value)")
      let insert = try SQLiteStatement(db, "INSERT INTO rows VALUES (?1)")
      insert.bind(1, "text")
      try insert.run()
      try insert.run()
      insert.bind(1, Int64(7))
      try insert.run()
      insert.bind(1, "text")
      try insert.run()
      insert.bindNull(1)
      try insert.run()
      insert.bind(1, Int64(7))
      try insert.run()
      let values = try DatabaseValue.fetchAll(db, sql: "SELECT value FROM rows ORDER BY rowid")
      #expect(
        values == [
          "text".databaseValue, "text".databaseValue, 7.databaseValue, "text".databaseValue, .null, 7.databaseValue,
        ])
    }
  }

  @Test func `a statement lent twice at the same time is two statements`() throws {
    try DatabaseQueue().write { db in
      let sql = "SELECT ?1 AS value"
      let first = try SQLiteStatement(lentBy: db, sql)
      first.bind(1, "first")
      do {
        let second = try SQLiteStatement(lentBy: db, sql)
        second.bind(1, "second")
        #expect(try second.step() && second.text(0) == "second")
      }
      #expect(try first.step() && first.text(0) == "first")
      #expect(try !first.step())
      let rows = SQLRows(first)
      #expect(try rows.next()?["value"] == "first")
      #expect(try SQLiteConnection(db).value(sql, ["third"]) == "third")
    }
  }
}
