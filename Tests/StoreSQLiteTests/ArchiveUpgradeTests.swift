import Foundation
import GRDB
import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// An archive of an earlier version is upgraded and stays an archive, on which nothing can run.
struct ArchiveUpgradeTests {
  private let folder: TestFolder

  init() throws { folder = TestFolder() }

  /// An archive as version `version` would have written it.
  private func archive(version: Int) throws -> String {
    let path = folder.file("old.db")
    let store = try SQLiteStore.create(at: path, migrations: Migrations.all.upTo(version))
    try store.pool.close()
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA application_id = \(Migrations.archiveID)")
    }
    return path
  }

  private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path) }

  private func contents(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  private func identity(_ path: String) throws -> StoreIdentity {
    try DatabaseQueue(path: path).read { try StoreIdentity(reading: SQLiteConnection($0)) }
  }

  @Test func `an older archive is refused with advice, can be upgraded, and stays an archive`() throws {
    let path = try archive(version: 2)
    let refusal = #expect(throws: StoreError.self) { try SQLiteStore.open(at: path, mode: .readOnly) }
    #expect("\(refusal!)".contains("usher store upgrade --store \(path)"))
    #expect(try SQLiteStore.upgrade(at: path).version == 2)
    let found = try identity(path)
    #expect(found.isArchive && found.version == Migrations.all.version)
    try SQLiteStore.open(at: path, mode: .readOnly).pool.close()
    #expect(throws: StoreError.self) { try SQLiteStore.open(at: path, mode: .readWrite) }
    #expect(try SQLiteStore.upgrade(at: path).version == Migrations.all.version)
    #expect(try names() == ["old.db"])
  }

  @Test func `a changed archive is not upgraded and stays as it was`() throws {
    let path = try archive(version: 2)
    try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE extra (x INTEGER) STRICT") }
    let before = try contents(path)
    #expect(throws: StoreError.self) { try SQLiteStore.upgrade(at: path) }
    #expect(try contents(path) == before)
    #expect(try names() == ["old.db"])
  }

  @Test func `a store is upgraded in place`() throws {
    let path = folder.file("store.db")
    try SQLiteStore.create(at: path, migrations: Migrations.all.upTo(2)).pool.close()
    #expect(try SQLiteStore.upgrade(at: path).version == 2)
    let found = try identity(path)
    #expect(!found.isArchive && found.version == Migrations.all.version)
  }
}
