import Foundation
import GRDB
import Testing
import Wire

@testable import Operations
@testable import StoreSQL
@testable import StoreSQLite

/// `usher health` on stores that are missing, damaged, locked, or running well.
struct HealthCommandTests {
  /// In this process, with enough disk space and without waiting for locks.
  private func states(
    _ store: TestStore, maxCycleAge: Int64? = nil, expectDaemon: Bool = false, isHealthy: Bool
  ) throws -> [String: String] {
    let facts = HealthFacts(path: store.path, now: .now(), busyTimeout: 0, freeBytes: { _ in 1 << 40 })
    let report = Health(facts, maxCycleAge: maxCycleAge, expectDaemon: expectDaemon)
    #expect(report.isHealthy == isHealthy)
    return Dictionary(uniqueKeysWithValues: report.checks.map { ($0.name, $0.state.rawValue) })
  }

  @Test func `the command prints the checks, and its exit code shows whether one failed`() throws {
    let store = try TestStore([.tenant()])
    for arguments in [[], ["--expect-daemon"], ["--max-cycle-age", "60"]] {
      let outcome = try UsherProcess.run(["health", "--store", store.path, "--format", "json"] + arguments)
      let json = try outcome.json()
      let checks = json["checks"].items
      #expect(checks.map { $0["check"].text } == ["store", "daemon", "cycle", "hold", "faults", "files", "disk"])
      // The state of this machine's disk is not part of the test.
      let failed = checks.filter { $0["state"] == "failed" }.compactMap { $0["check"].text }
      #expect(outcome.code == (failed.isEmpty ? 0 : 1) && json["healthy"] == .bool(failed.isEmpty), "\(outcome)")
      #expect(outcome.stderr.isEmpty, "\(outcome)")
      #expect(failed.contains("daemon") == arguments.contains("--expect-daemon"))
      #expect(failed.contains("cycle") == arguments.contains("--max-cycle-age"))
    }
  }

  @Test func `a store that is missing, empty, damaged or foreign fails with that reason`() throws {
    let store = try TestStore([.tenant()])
    #expect(try states(store, isHealthy: true)["store"] == "ok")
    #expect(try states(store, expectDaemon: true, isHealthy: false)["daemon"] == "failed")
    #expect(try states(store, maxCycleAge: 60_000, isHealthy: false)["cycle"] == "failed")
    try Data("SQLite format 3\0 and then nothing of the kind".utf8).write(to: URL(fileURLWithPath: store.path))
    unlink(store.path + "-wal")
    let damaged = try states(store, isHealthy: false)
    #expect(damaged["store"] == "failed" && damaged["faults"] == "unknown" && damaged["disk"] == "ok")
    try Data().write(to: URL(fileURLWithPath: store.path))
    #expect(try states(store, isHealthy: false)["store"] == "failed")
    unlink(store.path)
    #expect(try states(store, isHealthy: false)["store"] == "failed")
  }

  @Test func `a locked store fails with that reason, and its hold file counts`() throws {
    let store = try TestStore([.tenant()])
    // Without shared memory no other program can read the store either.
    let queue = try DatabaseQueue(path: store.path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
      #expect(
        try states(store, isHealthy: false) == [
          "store": "failed", "daemon": "ok", "cycle": "unknown", "hold": "unknown", "faults": "unknown",
          "files": "unknown", "disk": "ok",
        ])
      try Data().write(to: URL(fileURLWithPath: store.path + ".hold"))
      #expect(try states(store, isHealthy: false)["hold"] == "failed")
    }
  }

  @Test func `health writes nothing`() throws {
    let store = try TestStore([.tenant(), .device("D1"), .sequence(), .lead(1, device: "D1")])
    try store.usher("tick")
    let before = try store.folder.contents(store.name)
    try store.usher("health", expecting: nil)
    #expect(try store.folder.contents(store.name) == before)
  }
}
