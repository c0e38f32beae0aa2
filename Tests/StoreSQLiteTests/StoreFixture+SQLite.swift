import Routing
import RoutingTestKit

@testable import StoreSQLite

extension StoreFixture {
  /// A store in a temporary folder.
  convenience init() throws {
    let factory = StoreFactory(name: "SQLite") {
      let folder = TestFolder()
      let path = folder.file("usher.db")
      return SQLStoreUnderTest(
        try SQLiteStore.create(at: path), tables: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
        // The folder exists as long as this closure.
        reopen: { [folder] mode in
          _ = folder
          return try SQLiteStore.open(at: path, mode: mode)
        },
        writeUnprotected: { _ in preconditionFailure("these tests write through the pool") })
    }
    try self.init(factory)
  }

  var sqlite: SQLiteStore {
    guard let store = store as? SQLiteStore else { preconditionFailure("a fixture of these tests is a SQLiteStore") }
    return store
  }

  var path: String { store.path }
}
