import Foundation
import GRDB
import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct OpeningTests {
  private let folder: TestFolder

  init() throws { folder = TestFolder() }

  /// The error message; empty without an error.
  private func refusal(_ body: () throws -> some Any) -> String {
    do {
      _ = try body()
      return ""
    } catch StoreError.unusable(let text) {
      return text
    } catch {
      return "not a StoreError.unusable: \(error)"
    }
  }

  private func refusal(of path: String, _ mode: StoreMode = .readWrite) -> String {
    refusal { try SQLiteStore.open(at: path, mode: mode) }
  }

  /// A closed store at `usher.db`.
  private func store(_ migrations: Migrations = .all) throws -> String {
    let path = folder.file("usher.db")
    _ = try SQLiteStore.create(at: path, migrations: migrations)
    return path
  }

  private func edit(_ path: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in try db.execute(sql: sql) }
  }

  @Test func `a new store is durable, marked, versioned and empty`() throws {
    let store = try SQLiteStore.create(at: folder.file("usher.db"))
    let found = try store.pool.writeWithoutTransaction { db in
      try [
        "journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint", "application_id", "user_version",
      ].map {
        try String.fetchOne(db, sql: "PRAGMA \($0)")
      }
    }
    #expect(found == ["wal", "2", "1", "16000", "1431521362", "\(Migrations.all.version)"])
    #expect(try store.read { try $0.tenants() }.isEmpty)
  }

  @Test func `an opened store is as durable as a new one`() throws {
    let store = try SQLiteStore.open(at: try store(), mode: .readWrite)
    let found = try store.pool.writeWithoutTransaction { db in try Int.fetchOne(db, sql: "PRAGMA synchronous")
    }
    #expect(found == 2)
  }

  @Test func `a store is never created over an existing file`() throws {
    let path = try store()
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(refusal { try SQLiteStore.create(at: path) }.hasPrefix("a store exists already at \(path)"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    #expect(
      refusal { try SQLiteStore.create(at: folder.file("no/such/usher.db")) }.contains("does not exist"))
  }

  @Test func `an error says what already has the name of a new store`() throws {
    #expect(
      refusal { try SQLiteStore.create(at: folder.path) }.contains("is a directory; expected the name of a new file"))
    #expect(refusal { try SQLiteStore.create(at: folder.path + "/.") }.contains("is a directory"))
    let link = folder.file("link.db")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "nowhere.db")
    #expect(refusal { try SQLiteStore.create(at: link) }.hasPrefix("\(link) is a link to nowhere.db, where no file is"))
    #expect(refusal { try SQLiteStore.create(at: "/dev/null") }.contains("is not a regular file"))
  }

  @Test(arguments: ["-wal", "-shm", "-journal"])
  func `a new store is not made next to SQLite's leftover files`(suffix: String) throws {
    let path = folder.file("usher.db")
    try Data("left".utf8).write(to: URL(fileURLWithPath: path + suffix))
    #expect(refusal { try SQLiteStore.create(at: path) }.contains("found \(path)\(suffix): SQLite would read them"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["usher.db" + suffix])
  }

  @Test func `a creation that fails leaves no file`() throws {
    #expect(throws: (any Error).self) {
      try SQLiteStore.create(at: folder.file("usher.db"), migrations: Migrations(["nonsense"]))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test(arguments: [StoreMode.readWrite, .readOnly])
  func `a file that is not a store is refused, naming what it is`(mode: StoreMode) throws {
    #expect(refusal(of: folder.file("none.db"), mode).hasPrefix("there is no store at "))
    #expect(refusal(of: folder.path, mode).contains(" is a directory; expected a store"))
    #expect(refusal(of: try folder.write([], to: "empty.db"), mode).contains("is empty (0 bytes)"))
    let text = try folder.write(Array("device,limit\nD1,80\n".utf8), to: "devices.csv")
    #expect(refusal(of: text, mode).contains("is not an SQLite database; expected a store"))
    #expect(refusal(of: "/dev/null", mode).contains("is not a regular file"))
    let foreign = folder.file("foreign.db")
    try edit(foreign, "CREATE TABLE notes (x); PRAGMA application_id = 7")
    let before = try Data(contentsOf: URL(fileURLWithPath: foreign))
    #expect(
      refusal(of: foreign, mode).contains("of another program (application id 0x7, expected 0x55534852)"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: foreign)) == before, "not even switched to WAL")
    let half = folder.file("half.db")
    try edit(half, "PRAGMA journal_mode = WAL")
    #expect(refusal(of: half, mode).contains("whose creation was interrupted"))
  }

  @Test(arguments: [StoreMode.readWrite, .readOnly])
  func `a store of a newer version is refused, naming both`(mode: StoreMode) throws {
    let path = try store(
      Migrations.all.followed(by: "CREATE TABLE later (x INT) STRICT"))
    let known = Migrations.all.version
    #expect(
      refusal(of: path, mode).contains(
        "is a store of version \(known + 1), and this usher knows versions up to \(known)"))
  }

  @Test func `an older store is upgraded by a writer, refused by a reader, and its rows stay`() throws {
    let path = try store()
    try edit(
      path,
      "INSERT INTO tenants (external_id, name, policies, created_at) VALUES ('acme', 'Acme', '[\"a\"]', 1)")
    let newer = Migrations.all.followed(by: "CREATE TABLE later (x INT) STRICT")
    let text = refusal { try SQLiteStore.open(at: path, mode: .readOnly, migrations: newer) }
    #expect(
      text.contains("is a store of version \(newer.version - 1), and this usher reads version \(newer.version)")
        && text.contains("usher store upgrade --store \(path)"))
    let store = try SQLiteStore.open(at: path, mode: .readWrite, migrations: newer)
    #expect(try store.pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == newer.version)
    #expect(try store.read { try $0.tenants() }.map(\.name) == ["Acme"])
    #expect(
      try SQLiteStore.open(at: path, mode: .readOnly, migrations: newer).read { try $0.tenants() }.count == 1)
  }

  @Test func `an upgrade that fails leaves the old version intact`() throws {
    let path = try store()
    let broken = Migrations.all.followed(by: "CREATE TABLE later (x INT) STRICT; nonsense")
    #expect(throws: (any Error).self) { try SQLiteStore.open(at: path, mode: .readWrite, migrations: broken) }
    #expect(refusal(of: path) == "")
  }

  @Test(arguments: [
    ("DROP INDEX sequence_contacts_due", "no index 'sequence_contacts_due'"),
    ("ALTER TABLE leads ADD COLUMN niche TEXT", "a table 'leads' that was altered"),
    ("CREATE TABLE fixes (x)", "a table 'fixes' that should not be there"),
    ("DROP TRIGGER broadcast_messages_kept", "no trigger 'broadcast_messages_kept'"),
  ])
  func `a schema that was changed by hand is refused, naming what differs (I-69)`(
    change: String, difference: String
  ) throws {
    let path = try store()
    try edit(path, change)
    #expect(refusal(of: path).contains("is not that of version \(Migrations.all.version): found \(difference);"))
    #expect(refusal(of: path, .readOnly).contains(difference))
  }

  @Test func `statistics gathered by ANALYZE do not count as a difference`() throws {
    let path = try store()
    try edit(
      path,
      "INSERT INTO tenants (external_id, name, policies, created_at) VALUES ('a', 'A', '[\"a\"]', 1); ANALYZE"
    )
    #expect(refusal(of: path) == "")
  }

  @Test(arguments: [StoreMode.readWrite, .readOnly])
  func `a store with a valid header and damaged pages is refused as damaged`(mode: StoreMode) throws {
    let path = try store()
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    let size = try file.seekToEnd()
    try file.seek(toOffset: 4096)
    try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4096))
    try file.close()
    #expect(refusal(of: path, mode).contains("is damaged ("))
  }

  @Test(arguments: [StoreMode.readWrite, .readOnly])
  func `a truncated store is refused as damaged`(mode: StoreMode) throws {
    let path = try store()
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try file.truncate(atOffset: 4096 * 3)
    try file.close()
    #expect(refusal(of: path, mode).contains("is damaged ("))
  }

  @Test func `damage found later is reported as damage too`() throws {
    let path = try store()
    let store = try SQLiteStore.open(at: path, mode: .readOnly)
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    let size = try file.seekToEnd()
    try file.seek(toOffset: 4096)
    try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4096))
    try file.close()
    #expect(refusal { try store.read { try $0.tenants() } }.contains("is damaged ("))
  }

  @Test func `a store that another program has locked is refused after the timeout`() throws {
    let path = try store()
    let other = try DatabaseQueue(path: path)
    try other.writeWithoutTransaction { db in
      try db.execute(
        sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; UPDATE tenants SET name = 'x'; COMMIT")
    }
    let text = refusal {
      try SQLiteStore.open(at: path, mode: .readWrite, migrations: .all, busyTimeout: 0.05)
    }
    #expect(text.hasPrefix("another program holds the store \(path) ("))
  }

  @Test func `a write that another program blocks says so`() throws {
    let path = try store()
    let store = try SQLiteStore.open(at: path, mode: .readWrite, migrations: .all, busyTimeout: 0.05)
    let other = try DatabaseQueue(path: path)
    try other.writeWithoutTransaction { db in
      try db.execute(sql: "BEGIN IMMEDIATE")
      #expect(
        refusal { try store.becomeLeader(processID: 1, at: Instant(milliseconds: 0)) }.hasPrefix(
          "another program"))
      try db.execute(sql: "ROLLBACK")
    }
    #expect(try store.becomeLeader(processID: 1, at: Instant(milliseconds: 0)) == LeaderEpoch(1))
  }

  @Test func `a store opened for reading writes nothing, and cannot`() throws {
    let path = try store()
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let store = try SQLiteStore.open(at: path, mode: .readOnly)
    #expect(try store.read { try $0.tenants() }.isEmpty)
    #expect(
      refusal { try store.becomeLeader(processID: 1, at: Instant(milliseconds: 0)) }.contains(
        "may not be written"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test func `a reader next to a writer sees one snapshot for as long as it reads`() throws {
    let fixture = try StoreFixture()
    let reader = try SQLiteStore.open(at: fixture.path, mode: .readOnly)
    try reader.read { snapshot in
      #expect(try snapshot.tenants().count == 1)
      try fixture.tenant("other")
      #expect(try snapshot.tenants().count == 1)
    }
    #expect(try reader.read { try $0.tenants() }.count == 2)
  }

  @Test(.enabled(if: Immutable.isPossible))
  func `a read-only file is refused for writing only`() throws {
    let path = try store()
    try Immutable.hold(path) {
      #expect(refusal(of: path).contains("\(path) may not be written"))
      #expect(refusal(of: path, .readOnly) == "")
    }
  }

  @Test(.enabled(if: Immutable.isPossible)) func `a read-only folder is refused for writing`()
    throws
  {
    let path = try store()
    try Immutable.hold(folder.path) {
      #expect(refusal(of: path).contains("the folder \(folder.path) may not be written"))
      #expect(refusal(of: path, .readOnly) == "", "nobody has it open: it needs no log")
      #expect(refusal { try SQLiteStore.create(at: folder.file("new.db")) }.contains("cannot be created"))
    }
  }

  @Test(arguments: [
    (ResultCode.SQLITE_BUSY, "another program holds"), (.SQLITE_CORRUPT, "is damaged"),
    (.SQLITE_NOTADB, "is damaged"),
    (.SQLITE_READONLY, "may not be written"), (.SQLITE_CANTOPEN, "cannot be opened"),
    (.SQLITE_FULL, "is full"),
    (.SQLITE_IOERR, "the disk under"),
  ])
  func `SQLite's errors are explained in words`(code: ResultCode, words: String) {
    #expect(refusal { throw StoreError(DatabaseError(resultCode: code), path: "p") }.contains(words))
  }

  @Test func `SQLite must be able to do what the statements need (I-17)`() throws {
    try SQLiteCapability.check()
    #expect(
      refusal { try SQLiteCapability.check(version: 3_034_001) }
        == "expected SQLite 3.37.0 or later (RETURNING, STRICT, JSON), found 3.34.1: install a newer libsqlite3"
    )
  }
}

/// Makes a path that not even root can write, if the file system supports that.
enum Immutable {
  static let isPossible: Bool = {
    let folder = TestFolder()
    return (try? hold(folder.path) { true }) ?? false
  }()

  static func hold<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    try chattr("+i", path)
    defer { try? chattr("-i", path) }
    return try body()
  }

  private static func chattr(_ flag: String, _ path: String) throws {
    let process = try Process.run(URL(fileURLWithPath: "/usr/bin/chattr"), arguments: [flag, path])
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteNoPermission) }
  }
}
