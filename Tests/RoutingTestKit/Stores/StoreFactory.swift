import Routing
import StoreSQL

/// Creates stores of one engine for tests. The conformance suite runs each of its tests once for every factory.
package struct StoreFactory: Sendable, CustomStringConvertible {
  /// The engine's name in test results.
  package let name: String
  private let maker: @Sendable () throws -> any StoreUnderTest

  package init(name: String, maker: @escaping @Sendable () throws -> any StoreUnderTest) {
    (self.name, self.maker) = (name, maker)
  }

  /// A new store of the newest schema without rows.
  package func make() throws -> any StoreUnderTest { try maker() }

  package var description: String { name }
}

/// A store that a test works on, with access to its tables. Removes the store when it is released.
package protocol StoreUnderTest: AnyObject {
  var store: any Store { get }

  /// Opens the same store as another process would: state in the memory of `store` is not shared.
  func reopen(_ mode: StoreMode) throws -> any Store

  /// Reads tables in one transaction.
  func read<Result>(_ body: (any SQLConnection) throws -> Result) throws -> Result

  /// Changes tables in one transaction, under all constraints and triggers of the schema.
  func write<Result>(_ body: (any SQLConnection) throws -> Result) throws -> Result

  /// Runs statements without foreign keys and triggers, to violate constraints of the schema. Triggers may stay removed
  /// afterwards. Statements take no parameters.
  func writeUnprotected(_ statements: [String]) throws

  /// The names of all tables, sorted.
  func tables() throws -> [String]
}

/// A store over SQL, parameterised by the differences between engines.
package final class SQLStoreUnderTest<TestInstance: SQLStore>: StoreUnderTest {
  private let sql: TestInstance
  private let tableQuery: String
  private let opener: (StoreMode) throws -> TestInstance
  private let unprotectedWriter: ([String]) throws -> Void

  /// `tables` is a query for the names of all tables, sorted. The closures live as long as this object, and with them
  /// whatever keeps the store, such as its folder.
  package init(
    _ store: TestInstance, tables: String, reopen: @escaping (StoreMode) throws -> TestInstance,
    writeUnprotected: @escaping ([String]) throws -> Void
  ) {
    (sql, tableQuery, opener, unprotectedWriter) = (store, tables, reopen, writeUnprotected)
  }

  package var store: any Store { sql }

  package func reopen(_ mode: StoreMode) throws -> any Store { try opener(mode) }

  package func read<Result>(_ body: (any SQLConnection) throws -> Result) throws -> Result {
    try sql.reading { try body($0) }
  }

  package func write<Result>(_ body: (any SQLConnection) throws -> Result) throws -> Result {
    try sql.writing(isOfSends: false) { try body($0) }
  }

  package func writeUnprotected(_ statements: [String]) throws { try unprotectedWriter(statements) }

  package func tables() throws -> [String] { try read { db in try db.values(tableQuery) } }
}
