import Foundation
import GRDB
import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// Only one process at a time upgrades a store, and only while no process runs on it.
struct MigrationLockTests {
  private let folder: TestFolder
  private var path: String { folder.file("usher.db") }

  private static let current = Migrations.all.version
  private static let newer = Migrations.all.followed(by: "CREATE TABLE later (x INTEGER) STRICT")

  init() throws {
    folder = TestFolder()
    try SQLiteStore.create(at: path).pool.close()
  }

  /// Another process's lock, released on request.
  private final class OtherUpgrade {
    private var lock: MigrationLock?

    init(of path: String) throws {
      lock = try MigrationLock.acquire(for: path, isLocked: false, waitingSeconds: 0, waits: { _ in })
    }

    func end() { lock = nil }
  }

  private func version(_ path: String) throws -> Int {
    var configuration = Configuration()
    configuration.readonly = true
    return try DatabaseQueue(path: path, configuration: configuration).read {
      try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0
    }
  }

  private func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }

  @Test func `an opening waits for an upgrade by another process, and names the process`() throws {
    let other = try OtherUpgrade(of: path)
    var said: [String] = []
    let store = try SQLiteStore.open(
      at: path, mode: .readWrite, migrations: Self.newer,
      waits: {
        said.append($0)
        other.end()
      })
    #expect(said == ["process \(getpid()) is upgrading \(path); waiting for it"])
    #expect(store.notices.count == 1)
    #expect(try version(path) == Self.current + 1)
  }

  @Test func `a process that may wait only briefly is told what to do`() throws {
    let other = try OtherUpgrade(of: path)
    let text = refusal {
      _ = try SQLiteStore.open(at: path, mode: .readWrite, migrations: Self.newer, busyTimeout: 0.05)
    }
    #expect(text.contains("process \(getpid()) is upgrading \(path): wait until it has finished"), "\(text)")
    #expect(try version(path) == Self.current)
    other.end()
  }

  @Test func `other stores in the folder can be upgraded meanwhile`() throws {
    let other = try OtherUpgrade(of: path)
    for name in ["other.db", "usher.db2"] {
      try SQLiteStore.create(at: folder.file(name)).pool.close()
      _ = try SQLiteStore.open(at: folder.file(name), mode: .readWrite, migrations: Self.newer, busyTimeout: 0)
      #expect(try version(folder.file(name)) == Self.current + 1)
    }
    other.end()
  }

  @Test func `a change of the hold file and an upgrade do not wait for each other`() throws {
    let hold = SendingHold(tenant: nil, reason: "r", actor: "ann", at: Instant(milliseconds: 0))
    let other = try OtherUpgrade(of: path)
    _ = try HoldFile(of: path).add(hold)
    #expect(MigrationLock.holder(of: path) == getpid())
    other.end()
    #expect(MigrationLock.holder(of: path) == nil)
  }

  @Test(arguments: ["usher.db", "link.db"])
  func `a store on which another process runs is not upgraded, by whatever name`(name: String) throws {
    try FileManager.default.createSymbolicLink(atPath: folder.file("link.db"), withDestinationPath: path)
    let runs = try StoreLock.acquire(path: path)
    let named = folder.file(name)
    let text = refusal { _ = try SQLiteStore.open(at: named, mode: .readWrite, migrations: Self.newer) }
    #expect(text.contains("process \(getpid()) runs on \(named)") && text.contains("stop that process"), "\(text)")
    #expect(try version(path) == Self.current)
    #expect(MigrationCopy.all(of: path) == [] && MigrationLock.holder(of: path) == nil)
    // A store that needs no upgrade opens as usual, and so does an upgrade by the process that holds the lock.
    _ = try SQLiteStore.open(at: named, mode: .readWrite)
    _ = try SQLiteStore.open(at: named, mode: .readWrite, migrations: Self.newer, isLocked: true)
    #expect(try version(path) == Self.current + 1)
    _ = consume runs
  }

  @Test func `no process begins to run on a store that is being upgraded, and nobody is listed as running`() throws {
    var text = ""
    var running: Int32?
    let upgrade = StoreUpgrade(copied: {
      running = StoreLock.holder(path: path)
      text = refusal { _ = try StoreLock.acquire(path: path) }
    })
    _ = try SQLiteStore.open(at: path, mode: .readWrite, migrations: Self.newer, upgrade: upgrade)
    #expect(text.contains("process \(getpid()) is upgrading \(path): wait"), "\(text)")
    #expect(running == nil)
    _ = try StoreLock.acquire(path: path)
  }

  @Test func `a process that starts on a store waits until it was upgraded`() throws {
    let other = try OtherUpgrade(of: path)
    var said: [String] = []
    _ = try StoreLock.acquire(
      path: path,
      waits: {
        said.append($0)
        other.end()
      })
    #expect(said.count == 1 && said[0].contains("is upgrading"), "\(said)")
  }

  @Test func `no lock file is made next to a file that is not a store`() throws {
    let foreign = folder.file("foreign.db")
    try DatabaseQueue(path: foreign).write { try $0.execute(sql: "CREATE TABLE x (y)") }
    let text = try folder.write(Array("some text".utf8), to: "text.db")
    for path in [foreign, text, folder.file("none.db")] {
      #expect(throws: StoreError.self) { _ = try StoreLock.acquire(path: path, waits: { _ in }) }
      #expect(!FileManager.default.fileExists(atPath: path + ".lock"))
    }
  }

  @Test func `the steps after the fifth do not check the foreign keys of all rows`() throws {
    let log = Log()
    var configuration = Configuration()
    configuration.prepareDatabase { db in db.trace { log.add("\($0)") } }
    let queue = try DatabaseQueue(path: folder.file("traced.db"), configuration: configuration)
    try Migrations.all.upTo(5).run(on: queue)
    #expect(log.count(of: "foreign_key_check") == 5)
    log.clear()
    try Migrations.all.run(on: queue)
    #expect(log.count(of: "CREATE TABLE holds") == 1)
    #expect(log.count(of: "foreign_key_check") == 0)
    #expect(try queue.read { try StoreSchema(reading: SQLiteConnection($0)) } == StoreSchema.expected.get())
  }

  private final class Log: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []

    func add(_ line: String) { lock.withLock { lines.append(line) } }
    func clear() { lock.withLock { lines = [] } }
    func count(of part: String) -> Int { lock.withLock { lines.filter { $0.contains(part) }.count } }
  }
}
