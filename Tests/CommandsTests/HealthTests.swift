import Foundation
import GRDB
import Testing
import Wire

@testable import Operations
@testable import Routing
@testable import StoreSQL
@testable import StoreSQLite

/// Each check of `usher health` can fail.
struct HealthTests {
  private func time(_ uptime: Int64) -> HeartbeatTime {
    HeartbeatTime(clock: Instant(milliseconds: uptime), uptime: uptime, boot: "boot")
  }

  /// A store that is served well, an hour after the machine was started.
  private var facts: HealthFacts {
    var facts = HealthFacts(now: time(3_600_000))
    var beat = Beat(process: 42, after: nil)
    (beat.every, beat.ended) = (2000, time(3_599_000))
    (facts.running, facts.beat, facts.holds, facts.policies) = (LockHolder(process: 42), beat, [], [])
    facts.guards = []
    (facts.freeBytes, facts.logBytes) = (1 << 40, 0)
    return facts
  }

  private func policy(_ change: (inout PolicyStanding) -> Void) -> PolicyStanding {
    var policy = PolicyStanding(
      tenant: TenantID("acme")!, position: 1, policy: "vip", revision: nil, since: nil, refusal: nil, refusedAt: nil,
      faults: 0, lastFault: nil, suspendedAt: nil)
    change(&policy)
    return policy
  }

  private func failing(
    _ change: (inout HealthFacts) -> Void, maxCycleAge: Int64? = nil, expectDaemon: Bool = false
  ) -> [String] {
    var facts = facts
    change(&facts)
    let report = Health(facts, maxCycleAge: maxCycleAge, expectDaemon: expectDaemon)
    let failed = report.checks.filter { $0.state == .failed }.map(\.name)
    #expect(report.isHealthy == failed.isEmpty)
    return failed
  }

  @Test func `a store that is served well is healthy`() {
    #expect(failing { _ in } == [])
    #expect(Health(facts).checks.map(\.name) == ["store", "daemon", "cycle", "hold", "faults", "files", "disk"])
    #expect(Health(facts).checks.allSatisfy { $0.state == .ok })
  }

  @Test func `each check fails by what it is for`() {
    #expect(failing { $0.storeProblem = "damaged" } == ["store"])
    #expect(failing({ $0.running = nil }, expectDaemon: true) == ["daemon"])
    #expect(failing { $0.running = nil } == [])
    #expect(
      failing({ ($0.lockProblem, $0.running, $0.beat) = ("no", nil, nil) }, expectDaemon: true) == ["daemon", "cycle"])
    #expect(failing({ ($0.lockProblem, $0.running, $0.beat) = ("no", nil, nil) }, maxCycleAge: 9) == ["cycle"])
    #expect(failing { ($0.lockProblem, $0.running, $0.beat) = ("no", nil, nil) } == [])
    let hold = SendingHold(tenant: TenantID("acme"), reason: "r", actor: "a", at: .earliest)
    #expect(failing { $0.holds = [hold] } == ["hold"])
    #expect(failing { $0.policies = [self.policy { $0.suspendedAt = .earliest }] } == ["faults"])
    #expect(failing { $0.policies = [self.policy { $0.refusal = "line 3: no" }] } == ["files"])
    #expect(failing { $0.policies = [self.policy { $0.faults = 3 }] } == [])
    let acme = TenantID("acme")!
    #expect(
      failing {
        $0.guards = [GuardTrouble(guard: "quiet_hours", tenant: acme, state: .suspended, reason: "line 1: no")]
      } == ["faults"])
    #expect(
      failing { $0.guards = [GuardTrouble(guard: "quiet_hours", tenant: acme, state: .refused, reason: "line 1: no")] }
        == ["files"])
    // What the state is does not depend on what a file's author wrote.
    #expect(
      failing { $0.guards = [GuardTrouble(guard: "a", tenant: acme, state: .held, reason: "suspended: refused")] } == []
    )
    #expect(failing { $0.freeBytes = (256 << 20) - 1 } == ["disk"])
    #expect(failing { $0.freeBytes = 256 << 20 } == [])
    #expect(failing { $0.logBytes = (1 << 30) + 1 } == ["disk"])
  }

  @Test func `a cycle is late after ten of them, after a minute at least, or when the command says so`() {
    #expect(failing { $0.now = self.time(3_599_000 + 60_000) } == [])
    #expect(failing { $0.now = self.time(3_599_000 + 60_001) } == ["cycle"])
    #expect(
      failing {
        $0.beat?.every = 60_000
        $0.now = self.time(3_599_000 + 600_000)
      } == [])
    #expect(failing({ _ in }, maxCycleAge: 999) == ["cycle"])
    #expect(failing({ _ in }, maxCycleAge: 1000) == [])
    #expect(
      failing(
        {
          $0.beat?.ended = nil
          $0.beat?.every = nil
          $0.running = nil
        }, maxCycleAge: 1000) == ["cycle"])
    #expect(
      failing {
        $0.beat = nil
        $0.running = nil
      } == [])
    #expect(
      failing {
        $0.beat?.ended = nil
        $0.beat?.began = self.time(3_000_000)
      } == ["cycle"], "a first cycle that does not end")
  }

  @Test func `a store that cannot be read leaves the others unknown, and a hold file counts`() {
    var facts = facts
    (facts.storeProblem, facts.policies, facts.guards, facts.holds) = ("locked", nil, nil, nil)
    let states = Health(facts).checks.map(\.state.rawValue)
    #expect(states == ["failed", "ok", "ok", "unknown", "unknown", "unknown", "ok"])
  }

  @Test func `intervals, moments and sizes of any value are compared, and nothing traps`() {
    for every in [Int64.max, Int64.max / 10 + 1, 0] {
      #expect(failing { $0.beat?.every = every } == [], "\(every)")
    }
    #expect(failing { $0.beat?.ended = self.time(.min) } == ["cycle"])
    #expect(failing { $0.beat?.ended = self.time(.max) } == [])
    #expect(
      failing {
        $0.beat?.every = .max
        $0.beat?.ended = self.time(.min)
      } == [])
    #expect(failing { ($0.freeBytes, $0.logBytes) = (.max, .max) } == ["disk"])
  }

  // MARK: - Of real stores

  /// In this process, with a disk that has room and without a wait for locks.
  private func states(
    _ store: TestStore, maxCycleAge: Int64? = nil, expectDaemon: Bool = false, isHealthy: Bool
  ) throws -> [String: String] {
    let facts = HealthFacts(path: store.path, now: .now(), busyTimeout: 0, freeBytes: { _ in 1 << 40 })
    let report = Health(facts, maxCycleAge: maxCycleAge, expectDaemon: expectDaemon)
    #expect(report.isHealthy == isHealthy)
    return Dictionary(uniqueKeysWithValues: report.checks.map { ($0.name, $0.state.rawValue) })
  }

  @Test func `the command prints the checks, and its exit code says whether one failed`() throws {
    let store = try TestStore([.tenant()])
    for arguments in [[], ["--expect-daemon"], ["--max-cycle-age", "60"]] {
      let outcome = try UsherProcess.run(["health", "--store", store.path, "--format", "json"] + arguments)
      let json = try outcome.json()
      let checks = json["checks"].items
      #expect(checks.map { $0["check"].text } == ["store", "daemon", "cycle", "hold", "faults", "files", "disk"])
      // How full this machine's disk is is none of this test's concern.
      let failed = checks.filter { $0["state"] == "failed" }.compactMap { $0["check"].text }
      #expect(outcome.code == (failed.isEmpty ? 0 : 1) && json["healthy"] == .bool(failed.isEmpty), "\(outcome)")
      #expect(outcome.talk.isEmpty, "\(outcome)")
      #expect(failed.contains("daemon") == arguments.contains("--expect-daemon"))
      #expect(failed.contains("cycle") == arguments.contains("--max-cycle-age"))
    }
  }

  @Test func `a store that is missing, empty, damaged, or another program's fails as such`() throws {
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

  @Test func `a store that another program locks fails as such, and its hold file counts`() throws {
    let store = try TestStore([.tenant()])
    // Without shared memory no other program reads either.
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
