import Foundation
import GRDB
import Routing
import RoutingTestKit
import Synchronization
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// The file `STORE.hold`: writers, the cache, and how holds leave it.
struct HoldFileTests {
  private let folder: TestFolder
  private let path: String
  private let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  init() throws {
    folder = TestFolder()
    path = folder.file("usher.db")
    _ = try SQLiteStore.create(at: path)
  }

  private func hold(_ tenant: String? = nil, at seconds: Int64 = 0) -> SendingHold {
    SendingHold(
      tenant: tenant.flatMap { TenantID($0) }, reason: "outage", actor: "ann", at: now.advanced(bySeconds: seconds))
  }

  private func open() throws -> SQLiteStore { try SQLiteStore.open(at: path, mode: .readWrite) }

  // MARK: - Writers

  private final class Count: Sendable {
    private let box = Mutex(0)
    var value: Int { box.withLock { $0 } }
    func add() { box.withLock { $0 += 1 } }
  }

  @Test(arguments: [(EOPNOTSUPP, 1), (ENOLCK, 1), (EBADF, 1), (EAGAIN, 200), (EACCES, 200)])
  func `a lock is waited for only if another process has it, and a failure is reported`(code: CInt, attempts: Int)
    throws
  {
    let (tries, pauses) = (Count(), Count())
    let calls = HoldFileLock.Calls(
      tryLock: { _ in
        tries.add()
        return code
      }, pause: { pauses.add() })
    let file = HoldFile(of: path, calls: calls)
    let added = try file.add(hold())
    #expect(tries.value == attempts && pauses.value == (attempts == 1 ? 0 : attempts))
    #expect(added.hold == hold() && added.notice?.contains("\(path).lock cannot be locked") == true, "\(added)")
    #expect(try file.remove { _ in true } != nil)
    #expect(!file.isThere)
  }

  @Test func `an interrupted lock is tried again, and an acquired one gives no notice`() throws {
    let tries = Count()
    let calls = HoldFileLock.Calls(
      tryLock: { _ in
        tries.add()
        return tries.value == 1 ? EINTR : tries.value == 2 ? EAGAIN : nil
      }, pause: {})
    #expect(try HoldFile(of: path, calls: calls).add(hold()).notice == nil)
    #expect(tries.value == 3)
  }

  @Test func `a lock file that cannot be opened is reported, and the hold is written`() throws {
    try FileManager.default.createDirectory(atPath: path + ".lock", withIntermediateDirectories: false)
    let added = try HoldFile(of: path).add(hold())
    #expect(added.notice?.contains(".lock cannot be locked") == true, "\(added)")
    #expect(HoldFile(of: path).holds() == [hold()])
  }

  @Test(arguments: [ENOSPC, EDQUOT])
  func `on a full disk an empty file replaces a hold of the whole store that cannot be written`(code: CInt)
    throws
  {
    var calls = HoldFileLock.Calls.system
    calls.write = { _, _ in code }
    let full = HoldFile(of: path, calls: calls)
    #expect(throws: StoreError.self, "it would stop more than requested") { try full.add(hold("acme")) }
    #expect(!full.isThere)
    let added = try full.add(hold())
    #expect(added.hold.kind == .unreadable)
    #expect(added.notice?.contains("the disk is full: the hold file \(full.path) is empty") == true, "\(added)")
    #expect(HoldFile(of: path).holds() == [added.hold])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasSuffix(".part") })
    try full.remove { _ in true }
    _ = try HoldFile(of: path).add(hold("acme"))
    #expect(throws: StoreError.self, "the tenant's hold would be lost") { try full.add(hold()) }
    #expect(full.holds() == [hold("acme")])
  }

  // MARK: - Cache

  @Test func `every change of the file is seen, however fast and alike they are`() throws {
    let file = HoldFile(of: path)
    for round in 0..<50 {
      let reason = "reason \(10 + round)"
      let text =
        "{\"holds\":[{\"tenant\":null,\"reason\":\"\(reason)\",\"by\":\"ann\",\"at\":\"2026-11-22T09:00:00Z\"}]}"
      let descriptor = Glibc.open(file.path, O_WRONLY | O_CREAT, 0o600)
      #expect(pwrite(descriptor, text, text.utf8.count, 0) == text.utf8.count)
      close(descriptor)
      #expect(file.holds().map(\.reason) == [reason])
    }
  }

  @Test func `a file is cached once its last change is two seconds old, until the next change`() throws {
    var status = stat()
    (status.st_ino, status.st_ctim.tv_sec) = (7, 1000)
    let version = HoldFileCache.Version(status)
    let cache = HoldFileCache()
    for seconds in [Int.min, 0, 999, 1000, 1001] {
      cache.keep([hold()], of: version, at: seconds)
      #expect(cache.holds(of: version) == nil, "\(seconds)")
    }
    cache.keep([hold()], of: version, at: 1002)
    #expect(cache.holds(of: version) == [hold()])
    let changes: [(inout stat) -> Void] = [
      { $0.st_ctim.tv_nsec += 1 }, { $0.st_mtim.tv_nsec += 1 }, { $0.st_size += 1 }, { $0.st_ino += 1 },
      { $0.st_dev += 1 },
    ]
    for change in changes {
      var other = status
      change(&other)
      #expect(cache.holds(of: HoldFileCache.Version(other)) == nil)
    }
  }

  @Test func `a hold of a tenant that does not exist costs no write`() throws {
    _ = try HoldFile(of: path).add(hold("nobody"))
    let store = try SQLiteStore.open(at: path, mode: .readWrite, migrations: .all, busyTimeout: 0.01)
    try DatabaseQueue(path: path).writeWithoutTransaction { db in
      try db.execute(sql: "BEGIN IMMEDIATE")
      // A write would throw here.
      try store.recordHoldFile()
      try db.execute(sql: "ROLLBACK")
    }
  }

  @Test func `an error of the database is not reported as an unknown tenant`() throws {
    let store = try open()
    try store.writing { db in _ = try db.change("ALTER TABLE tenants RENAME TO away") }
    #expect(throws: StoreError.self) { try store.record([hold("acme")]) }
  }

  // MARK: - Releases

  @Test func `a released hold does not return from a file that was read before`() throws {
    let store = try open()
    for scope in [nil, "acme"] {
      if scope != nil {
        try store.writing { db in
          _ = try db.change(
            "INSERT INTO tenants (external_id, name, policies, created_at) VALUES ('acme', 'x', '[\"a\"]', 0)")
        }
      }
      let stated = [hold(scope)]
      try store.record(stated)
      _ = try store.releaseHold(of: hold(scope).tenant, reason: "over", actor: "ann", at: now)
      try store.record(stated)
      #expect(try store.holds().isEmpty)
      try store.record([hold(scope, at: 60)])
      #expect(try store.holds() == [hold(scope, at: 60)], "a later one is another")
      _ = try store.releaseHold(of: hold(scope).tenant, reason: "over", actor: "ann", at: now)
    }
  }

  @Test func `a release leaves a hold that was added to the file meanwhile`() throws {
    let store = try open()
    _ = try store.startHold(hold())
    _ = try store.holdFile.add(hold(at: 60))
    let release = try store.releaseHold(of: nil, reason: "over", actor: "ann", at: now, stated: [])
    #expect(release.released == hold() && release.remaining == [hold(at: 60)])
    #expect(store.holdFile.holds() == [hold(at: 60)])
  }

  @Test func `a hold of a tenant that does not exist can be released`() throws {
    let store = try open()
    _ = try store.holdFile.add(hold("nobody"))
    _ = try store.holdFile.add(hold("else"))
    let release = try store.releaseHold(of: TenantID("nobody"), reason: "typo", actor: "bob", at: now)
    #expect(release.released == hold("nobody") && release.remaining == [hold("else")])
    #expect(store.holdFile.holds() == [hold("else")])
    let audit = try store.reading { db in
      try db.values("SELECT action || ' ' || subject || ' ' || actor FROM audit", as: String.self)
    }
    #expect(audit == ["release tenant nobody bob"])
    #expect(throws: OperatorError.self) {
      try store.releaseHold(of: TenantID("nobody"), reason: "again", actor: "bob", at: now)
    }
  }

  @Test func `a hold whose release could not change the file ends with the next release`() throws {
    let store = try open()
    _ = try store.startHold(hold())
    _ = try store.releaseHold(of: nil, reason: "over", actor: "ann", at: now)
    _ = try store.holdFile.add(hold())
    #expect(try store.holds() == [hold()])
    let release = try store.releaseHold(of: nil, reason: "over", actor: "ann", at: now)
    #expect(release.released == hold() && release.remaining.isEmpty)
    #expect(!store.holdFile.isThere)
  }
}
