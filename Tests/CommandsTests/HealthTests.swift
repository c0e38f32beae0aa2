import Foundation
import GRDB
import Testing
import Wire

@testable import Commands
@testable import Persistence
@testable import Routing

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
    (facts.running, facts.beat, facts.holds, facts.policies) = (42, beat, [], [])
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
    let report = HealthReport(facts, maxCycleAge: maxCycleAge, expectDaemon: expectDaemon)
    let failed = report.checks.filter { $0.state == .failed }.map(\.name)
    #expect(report.isHealthy == failed.isEmpty)
    return failed
  }

  @Test func `a store that is served well is healthy`() {
    #expect(failing { _ in } == [])
    #expect(HealthReport(facts).checks.map(\.name) == ["store", "daemon", "cycle", "hold", "faults", "files", "disk"])
    #expect(HealthReport(facts).checks.allSatisfy { $0.state == .ok })
  }

  @Test func `each check fails by what it is for`() {
    #expect(failing { $0.storeProblem = "damaged" } == ["store"])
    #expect(failing({ $0.running = nil }, expectDaemon: true) == ["daemon"])
    #expect(failing { $0.running = nil } == [])
    let hold = SendingHold(tenant: TenantID("acme"), reason: "r", actor: "a", at: .earliest)
    #expect(failing { $0.holds = [hold] } == ["hold"])
    #expect(failing { $0.policies = [self.policy { $0.suspendedAt = .earliest }] } == ["faults"])
    #expect(failing { $0.policies = [self.policy { $0.refusal = "line 3: no" }] } == ["files"])
    #expect(failing { $0.policies = [self.policy { $0.faults = 3 }] } == [])
    let acme = TenantID("acme")!
    #expect(failing { $0.guards = [("quiet_hours", acme, "suspended: line 1: no")] } == ["faults"])
    #expect(failing { $0.guards = [("quiet_hours", acme, "refused: line 1: no")] } == ["files"])
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
    let states = HealthReport(facts).checks.map(\.state.rawValue)
    #expect(states == ["failed", "ok", "ok", "unknown", "unknown", "unknown", "ok"])
  }

  // MARK: - Of real stores

  private func states(_ store: TestStore, _ arguments: [String] = [], code: Int32) throws -> [String: String] {
    let outcome = try UsherProcess.run(["health", "--store", store.path, "--format", "json"] + arguments)
    #expect(outcome.code == code, "\(outcome)")
    #expect(outcome.talk.isEmpty, "\(outcome)")
    let json = try outcome.json()
    #expect(json["healthy"] == .bool(code == 0))
    return Dictionary(
      uniqueKeysWithValues: json["checks"].items.map { ($0["check"].text ?? "?", $0["state"].text ?? "?") })
  }

  @Test func `a store that is missing, empty, damaged, or another program's fails as such`() throws {
    let store = try TestStore([.tenant()])
    #expect(try states(store, code: 0)["store"] == "ok")
    #expect(try states(store, ["--expect-daemon"], code: 1)["daemon"] == "failed")
    #expect(try states(store, ["--max-cycle-age", "60"], code: 1)["cycle"] == "failed")
    try Data("SQLite format 3\0 and then nothing of the kind".utf8).write(to: URL(fileURLWithPath: store.path))
    unlink(store.path + "-wal")
    let damaged = try states(store, code: 1)
    #expect(damaged["store"] == "failed" && damaged["faults"] == "unknown" && damaged["disk"] == "ok")
    try Data().write(to: URL(fileURLWithPath: store.path))
    #expect(try states(store, code: 1)["store"] == "failed")
    unlink(store.path)
    #expect(try states(store, code: 1)["store"] == "failed")
  }

  @Test func `a store that another program locks is looked at for a few seconds, and its hold file counts`() throws {
    let store = try TestStore([.tenant()])
    // Without shared memory no other program reads either.
    let queue = try DatabaseQueue(path: store.path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
      #expect(
        try states(store, code: 1) == [
          "store": "failed", "daemon": "ok", "cycle": "unknown", "hold": "unknown", "faults": "unknown",
          "files": "unknown", "disk": "ok",
        ])
      try Data().write(to: URL(fileURLWithPath: store.path + ".hold"))
      #expect(try states(store, code: 1)["hold"] == "failed")
    }
  }

  @Test func `health writes nothing`() throws {
    let store = try TestStore([.tenant(), .device("D1"), .sequence(), .lead(1, device: "D1")])
    try store.usher("tick")
    let before = try store.folder.contents(store.name)
    _ = try states(store, code: 0)
    #expect(try store.folder.contents(store.name) == before)
  }
}
