import Foundation
import GRDB
import Routing
import RoutingTestKit
import StoreSQL
import StoreSQLite
import Testing
import Wire

/// A store of an earlier version, upgraded by the program, and downgraded.
struct StoreUpgradeCommandTests {
  private let earlier: EarlierStore

  init() throws { earlier = try EarlierStore() }

  @Test func `the upgrade reports where the copy is, and the copy is listed, kept and deleted with a reason`() throws {
    let outcome = try earlier.store.usher("store", "upgrade")
    #expect(
      outcome.stderr.contains("from version 3 to") && outcome.stderr.contains("kept in \(earlier.store.path).before-3"),
      "\(outcome)")
    let listed = try earlier.store.usher("store", "forget-backup", "--format", "json").json()
    #expect(listed.items.count == 1 && listed[0]["version"] == 3 && (listed[0]["bytes"].whole ?? 0) > 4096)
    #expect(try earlier.copies == ["usher.db.before-3"])
    try earlier.store.usher("store", "forget-backup", "--yes", expecting: 64)
    try earlier.store.usher("store", "forget-backup", "--yes", "--reason", " ", expecting: 64)
    #expect(try earlier.copies == ["usher.db.before-3"])
    let deleted = try earlier.store.usher("store", "forget-backup", "--yes", "--reason", "it works", "--as", "ann")
    #expect(deleted.stderr.contains("deleted"), "\(deleted)")
    #expect(try earlier.copies == [])
    let audit = try #require(try earlier.store.usher("audit", "--format", "json").json().items.first)
    #expect(audit["action"] == "forget-backup" && audit["reason"] == "it works" && audit["actor"] == "ann", "\(audit)")
    #expect(try earlier.store.usher("store", "forget-backup").stderr.contains("has no copy"))
  }

  @Test func `the next writing command deletes a copy older than 30 days, and reports it`() throws {
    try earlier.store.usher("store", "upgrade")
    var times = [timeval(tv_sec: 1_600_000_000, tv_usec: 0), timeval(tv_sec: 1_600_000_000, tv_usec: 0)]
    #expect(utimes(earlier.folder.file("usher.db.before-3"), &times) == 0)
    try earlier.store.usher("report", "integrity")
    #expect(try earlier.copies.count == 1, "who only reads deletes nothing")
    let outcome = try earlier.store.usher("import", "-", input: [])
    #expect(outcome.stderr.contains("deleted") && outcome.stderr.contains("usher.db.before-3"), "\(outcome)")
    #expect(try earlier.copies == [])
  }

  @Test func `a downgrade is putting the copy in the store's place`() throws {
    try earlier.store.usher("store", "upgrade")
    try earlier.store.usher("import", "-", input: Array(#"{"type":"tenant","id":"new","policy":"fallback"}"#.utf8))
    for name in ["usher.db", "usher.db-wal", "usher.db-shm"] { unlink(earlier.folder.file(name)) }
    try FileManager.default.copyItem(
      atPath: earlier.folder.file("usher.db.before-3"), toPath: earlier.folder.file("usher.db"))
    chmod(earlier.folder.file("usher.db"), 0o600)
    try earlier.store.usher("store", "upgrade")
    #expect(try earlier.store.export().rows("tenant").allSatisfy { $0["id"] != "new" })
    #expect(try earlier.copies == ["usher.db.before-3"], "the same content is not copied twice")
    try earlier.store.expectSound()
  }

  /// Read without the program under test.
  private var version: Int {
    get throws {
      var configuration = Configuration()
      configuration.readonly = true
      return try DatabaseQueue(path: earlier.store.path, configuration: configuration).read {
        try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0
      }
    }
  }

  @Test func `a process that runs on the store keeps every command from upgrading it`() throws {
    let lock = try StoreLock.acquire(path: earlier.store.path)
    for command in [
      ["tick"], ["serve"], ["import", "-"], ["store", "upgrade"], ["device", "resume", "D1", "--tenant", "acme"],
      ["store", "forget-backup", "--yes", "--reason", "r"],
    ] {
      let outcome = try UsherProcess.run(command + ["--store", earlier.store.path], in: earlier.folder.path)
      #expect(outcome.code == 1 && outcome.stderr.contains("process \(getpid())"), "\(command): \(outcome)")
      #expect(outcome.stderr.contains("stop"), "\(command): \(outcome)")
      #expect(try version == 3 && earlier.copies == [], "\(command)")
    }
    _ = consume lock
    try earlier.store.usher("tick", "--no-send")
    #expect(try version > 3 && earlier.copies == ["usher.db.before-3"])
  }

  @Test func `serve upgrades a store and runs on it`() throws {
    let daemon = try earlier.store.serve()
    try daemon.says(" started ")
    #expect(try version > 3 && earlier.copies == ["usher.db.before-3"])
    #expect(StoreLock.holder(path: earlier.store.path) == daemon.id)
    daemon.signal(SIGTERM)
    #expect(try daemon.end().code == 0)
  }

  @Test func `no files are left next to a file that is not a store`() throws {
    for (name, text) in [("none.db", nil), ("text.db", "no store")] as [(String, String?)] {
      if let text { try earlier.folder.write(text, to: name) }
      for command in [["tick"], ["serve"]] {
        #expect(try UsherProcess.run(command + ["--store", earlier.folder.file(name)]).code == 1)
        #expect(!earlier.folder.exists(name + ".lock"))
      }
    }
  }
}
