import Routing
import Testing

@testable import Operations
@testable import StoreSQLite

/// Each check of `usher health` can fail.
struct HealthTests {
  private func time(_ uptime: Int64) -> HeartbeatTime {
    HeartbeatTime(clock: Instant(milliseconds: uptime), uptime: uptime, boot: "boot")
  }

  /// A store with a working daemon, an hour after the machine was started.
  private var facts: HealthFacts {
    var facts = HealthFacts(now: time(3_600_000))
    var beat = Beat(process: 42, after: nil)
    (beat.every, beat.ended) = (2000, time(3_599_000))
    (facts.running, facts.beat, facts.holds, facts.policies) = (LockHolder(process: 42), beat, [], [])
    facts.guards = []
    (facts.freeBytes, facts.logBytes) = (1 << 40, 0)
    return facts
  }

  private func policy(_ change: (inout PolicyStatus) -> Void) -> PolicyStatus {
    var policy = PolicyStatus(
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

  @Test func `a store with a working daemon is healthy`() {
    #expect(failing { _ in } == [])
    #expect(Health(facts).checks.map(\.name) == ["store", "daemon", "cycle", "hold", "faults", "files", "disk"])
    #expect(Health(facts).checks.allSatisfy { $0.state == .ok })
  }

  @Test func `each check fails for its own cause`() {
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
    // The state does not depend on the text that the file's author wrote.
    #expect(
      failing { $0.guards = [GuardTrouble(guard: "a", tenant: acme, state: .held, reason: "suspended: refused")] } == []
    )
    #expect(failing { $0.freeBytes = (256 << 20) - 1 } == ["disk"])
    #expect(failing { $0.freeBytes = 256 << 20 } == [])
    #expect(failing { $0.logBytes = (1 << 30) + 1 } == ["disk"])
  }

  /// The code of a check after a change of the facts.
  private func code(_ name: String, _ change: (inout HealthFacts) -> Void) -> ReasonCode? {
    var facts = facts
    change(&facts)
    return Health(facts).checks.first { $0.name == name }?.code
  }

  @Test func `a check has the first code among the problems that it names`() {
    #expect(Health(facts).checks.allSatisfy { $0.code == nil })
    let held = { (kind: SendingHold.Kind) in
      SendingHold(tenant: nil, kind: kind, reason: "r", actor: "a", at: .earliest)
    }
    #expect(code("hold") { $0.holds = [held(.operator)] } == nil)
    #expect(code("hold") { $0.holds = [held(.operator), held(.clock), held(.restore)] } == .clockHold)
    #expect(code("faults") { $0.policies = [self.policy { $0.suspendedAt = .earliest }] } == .policySuspended)
    let refused = policy { ($0.refusal, $0.refusalCode) = ("line 3: no", .syntaxError) }
    #expect(code("files") { $0.policies = [refused] } == .syntaxError)
    let script = policy { $0.refusal = "mine" }
    #expect(code("files") { $0.policies = [script, script, script, refused] } == nil, "only counted")
    let trouble = { (state: GuardTrouble.State) in
      GuardTrouble(guard: "g", tenant: TenantID("acme")!, state: state, reason: "r", code: .caseFailed)
    }
    #expect(code("faults") { $0.guards = [trouble(.suspended)] } == .policySuspended)
    #expect(code("files") { $0.guards = [trouble(.refused)] } == .caseFailed)
  }

  @Test func `a cycle is late after ten intervals, but at least a minute, or after the given limit`() {
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

  @Test func `an unreadable store leaves the other checks unknown, and a hold file counts`() {
    var facts = facts
    (facts.storeProblem, facts.policies, facts.guards, facts.holds) = ("locked", nil, nil, nil)
    let states = Health(facts).checks.map(\.state.rawValue)
    #expect(states == ["failed", "ok", "ok", "unknown", "unknown", "unknown", "ok"])
  }

  @Test func `intervals, times and sizes of any value are compared without a trap`() {
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
}
