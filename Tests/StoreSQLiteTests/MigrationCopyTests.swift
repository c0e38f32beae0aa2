import Foundation
import GRDB
import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// A store is copied before its schema changes, and the copy can be used.
struct MigrationCopyTests {
  private let folder: TestFolder
  private var path: String { folder.file("usher.db") }

  private static let current = Migrations.all.version
  private static let newer = Migrations.all.followed(by: "CREATE TABLE later (x INTEGER) STRICT")
  private static let broken = Migrations.all.followed(by: "CREATE TABLE later (x INTEGER) STRICT; SELECT nonsense")

  init() throws { folder = TestFolder() }

  /// A store of an earlier version with a tenant in it.
  private func makeStore(version: Int = current) throws {
    let store = try SQLiteStore.create(at: path, migrations: Migrations.all.upTo(version))
    try store.pool.write { db in
      try db.execute(
        sql: "INSERT INTO tenants (external_id, name, policies, created_at) VALUES ('acme', 'A', '[\"x\"]', 0)")
    }
    try store.pool.close()
  }

  private func open(_ migrations: Migrations = newer, _ upgrade: StoreUpgrade = StoreUpgrade()) throws -> [String] {
    let store = try SQLiteStore.open(at: path, mode: .readWrite, migrations: migrations, upgrade: upgrade)
    try store.pool.close()
    return store.notices
  }

  private func refusal(_ migrations: Migrations = newer, _ upgrade: StoreUpgrade = StoreUpgrade()) -> String {
    do {
      _ = try open(migrations, upgrade)
      return ""
    } catch { return "\(error)" }
  }

  private func identity(_ path: String) throws -> StoreIdentity {
    var configuration = Configuration()
    configuration.readonly = true
    return try DatabaseQueue(path: path, configuration: configuration).read {
      try StoreIdentity(reading: SQLiteConnection($0))
    }
  }

  private func tenants(_ path: String) throws -> [String] {
    var configuration = Configuration()
    configuration.readonly = true
    return try DatabaseQueue(path: path, configuration: configuration).read {
      try String.fetchAll($0, sql: "SELECT external_id FROM tenants ORDER BY id")
    }
  }

  private var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()) ?? []
  }

  private var copyName: String { "usher.db.before-\(Self.current)" }

  @Test(arguments: 1...current) func `a store of each version is copied and upgraded`(version: Int) throws {
    try makeStore(version: version)
    let notices = try open()
    let copy = "\(path).before-\(version)"
    #expect(notices.count == 1 && notices[0].contains(".before-\(version)"), "\(notices)")
    #expect(try identity(copy).version == version && identity(path).version == Self.current + 1)
    #expect(try tenants(copy) == ["acme"] && tenants(path) == ["acme"])
    var status = stat()
    #expect(stat(copy, &status) == 0 && status.st_mode & 0o777 == 0o400)
    #expect(!names.contains { $0.contains("partial") }, "\(names)")
    // Read as the version that wrote it would read it.
    let old = try SQLiteStore.open(at: copy, mode: .readOnly, migrations: Migrations.all.upTo(version))
    try old.pool.close()
  }

  @Test func `nothing is copied without an upgrade`() throws {
    try makeStore()
    #expect(try open(.all) == [])
    _ = try SQLiteStore.open(at: path, mode: .readOnly)
    #expect(MigrationCopy.all(of: path) == [])
  }

  @Test func `an upgrade that fails leaves the store as it was, and trying again keeps one copy`() throws {
    try makeStore()
    for _ in 0..<3 {
      #expect(refusal(Self.broken).contains("nonsense"))
      #expect(try identity(path).version == Self.current)
      #expect(names.filter { $0.contains(".before-") } == [copyName])
    }
    #expect(try open().count == 1)
    #expect(names.filter { $0.contains(".before-") } == [copyName])
  }

  @Test func `a copy with other content is never replaced`() throws {
    try makeStore()
    #expect(refusal(Self.broken) != "")
    let first = try Data(contentsOf: URL(fileURLWithPath: folder.file(copyName)))
    try DatabaseQueue(path: path).write {
      try $0.execute(
        sql: "INSERT INTO tenants (external_id, name, policies, created_at) VALUES ('b', 'B', '[\"x\"]', 0)")
    }
    try Data("not a store at all".utf8).write(to: URL(fileURLWithPath: folder.file(copyName + "-2")))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file(copyName + "-3"), withDestinationPath: "nowhere")
    try FileManager.default.createDirectory(atPath: folder.file(copyName + "-4"), withIntermediateDirectories: false)
    _ = try open()
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file(copyName))) == first)
    #expect(try tenants(folder.file(copyName + "-5")) == ["acme", "b"])
    #expect(
      names.filter { $0.contains(".before-") } == [copyName] + (2...5).map { "\(copyName)-\($0)" })
  }

  @Test func `without disk space nothing is done, and the error says how much is needed`() throws {
    try makeStore()
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let text = refusal(Self.newer, StoreUpgrade(freeBytes: { _ in 300_000 }))
    #expect(text.contains("which needs 1.") && text.contains("found 0.3 MB free"), "\(text)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    #expect(names.filter { $0.contains(".before-") } == [])
    #expect(try open(Self.newer, StoreUpgrade(freeBytes: { _ in nil })).count == 1, "an unknown size is allowed")
  }

  @Test func `a write by another program after the copy is in the next copy`() throws {
    try makeStore()
    let other = try DatabaseQueue(path: path)
    var count = 0
    let upgrade = StoreUpgrade(copied: {
      count += 1
      guard count == 1 else { return }
      try other.write {
        try $0.execute(
          sql: "INSERT INTO tenants (external_id, name, policies, created_at) VALUES ('b', 'B', '[\"x\"]', 0)")
      }
    })
    _ = try open(Self.newer, upgrade)
    #expect(count == 2)
    #expect(names.filter { $0.contains(".before-") } == [copyName])
    #expect(try tenants(folder.file(copyName)) == ["acme", "b"])
  }

  @Test func `a program that writes all the time ends the upgrade, and the store is as it was`() throws {
    try makeStore()
    let other = try DatabaseQueue(path: path)
    let text = refusal(
      Self.newer,
      StoreUpgrade(copied: { try other.write { try $0.execute(sql: "UPDATE tenants SET name = name || 'x'") } }))
    #expect(text.contains("stop that program"), "\(text)")
    #expect(try identity(path).version == Self.current)
    #expect(names.filter { $0.contains(".before-") } == [])
  }

  @Test func `files of a killed process are removed, and nothing else`() throws {
    try makeStore()
    for name in [".before-5.99.partial", ".before-5.99.partial-journal", ".before-note"] {
      try Data("half".utf8).write(to: URL(fileURLWithPath: path + name))
    }
    _ = try open()
    #expect(names.filter { $0.contains(".before-") } == [copyName, "usher.db.before-note"])
    #expect(MigrationCopy.all(of: path).map(\.version) == [Self.current])
  }

  @Test func `of two processes that open it at once one upgrades, and there is one copy`() async throws {
    try makeStore()
    let path = path
    let notices = try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<6 {
        group.addTask {
          try SQLiteStore.open(at: path, mode: .readWrite, migrations: Self.newer, busyTimeout: 60).notices
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(notices.count == 1, "\(notices)")
    #expect(names.filter { $0.contains(".before-") } == [copyName])
  }

  @Test func `copies are deleted on request and after 30 days, on record`() throws {
    try makeStore()
    _ = try open()
    try FileManager.default.copyItem(atPath: folder.file(copyName), toPath: path + ".before-3")
    let store = try SQLiteStore.open(at: path, mode: .readWrite, migrations: Self.newer)
    let copies = store.migrationCopies()
    #expect(copies.map(\.version) == [3, Self.current] && copies.allSatisfy { $0.bytes > 4096 })
    let made = try #require(copies.last).madeAt
    #expect(try store.forgetExpiredCopies(at: made.advanced(bySeconds: 29 * 86_400)) == [])
    try store.forget([copies[0]], by: OperatorNote(actor: "ann", reason: "no room", at: made))
    #expect(store.migrationCopies().map(\.version) == [Self.current])
    #expect(try store.forgetExpiredCopies(at: made.advanced(bySeconds: 30 * 86_400)).map(\.version) == [Self.current])
    #expect(store.migrationCopies() == [])
    let audit = try store.pool.read {
      try Row.fetchAll($0, sql: "SELECT actor, reason FROM audit WHERE action = 'forget-backup' ORDER BY id")
    }
    #expect(audit.map { $0[0] as String } == ["ann", "usher"])
    #expect(audit.map { $0[1] as String } == ["no room", "kept for 30 days"])
  }

  @Test(.enabled(if: Immutable.isPossible)) func `in a read-only folder nothing is begun`() throws {
    try makeStore()
    let text = try Immutable.hold(folder.path) { refusal() }
    #expect(text.contains("may not be written"), "\(text)")
    #expect(try identity(path).version == Self.current)
  }
}
