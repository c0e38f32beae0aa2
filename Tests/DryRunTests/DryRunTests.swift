import DryRun
import Policies
import Routing
import RoutingTestKit
import Stores
import Testing

struct DryRunTests {
  private func engine(policy: String = "fallback") throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: policy)
    scenario.device("D1", status: "offline")
    scenario.device("D2", hour: 6)
    scenario.device("D3", hour: 50)
    scenario.sequence(delays: [0, 3600])
    for lead in 1...60 { scenario.lead(lead, device: "D\(lead % 3 + 1)") }
    return try TestInstance(scenario)
  }

  private func shipped(_ name: String) throws -> DryRun.Policies {
    let source = try #require(ShippedPolicies.source(of: name))
    return { [try CompiledPolicy(file: name, source: source, parameters: $0.parameters)] }
  }

  private func waiting(_ engine: TestInstance) throws -> Int {
    try engine.store.sequences().sequences.flatMap(\.steps).reduce(0) { $0 + ($1.enrolments[.waiting] ?? 0) }
  }

  /// The first step of every contact is sent and an hour has passed: the second step is due and undecided.
  private func halfway(_ policy: String = "fallback") async throws -> TestInstance {
    let engine = try engine(policy: policy)
    for _ in 0..<10 { try await engine.step(seconds: 359) }
    engine.clock.advance(seconds: 7200)
    return engine
  }

  @Test func `a policy against itself changes nothing`() async throws {
    let engine = try await halfway()
    let fallback = try shipped("fallback")
    let report = try engine.store.read { snapshot in
      try DryRun(options: .init(now: engine.clock.now()), against: fallback, candidate: fallback).run(on: snapshot)
    }
    #expect(report.contacts > 20)
    #expect(report.same == report.contacts)
    #expect(report.changed == 0 && report.moves.isEmpty && report.changes.isEmpty)
  }

  @Test(arguments: ["assigned", "strict", "reassign", "least_loaded"])
  func `its prediction for another policy is what a live cycle then does`(candidate: String) async throws {
    let engine = try await halfway()
    let now = engine.clock.now()
    let report = try engine.store.read { snapshot in
      try DryRun(options: .init(now: now), against: try shipped("fallback"), candidate: try shipped(candidate))
        .run(on: snapshot)
    }
    #expect(report.same + report.changed == report.contacts)
    #expect(report.outcomesBefore.values.reduce(0, +) == report.contacts)
    #expect(report.outcomesAfter.values.reduce(0, +) == report.contacts)
    #expect(report.changes.count == report.changed)
    #expect(report.changed > 0)
    _ = try engine.store.importFile(
      ByteSource(Array(#"{"type":"tenant","id":"acme","policy":"\#(candidate)"}"#.utf8)), ImportOptions(now: now))
    let live = try engine.decide()
    #expect(live.decided == report.contacts)
    #expect(live.queued == (report.outcomesAfter[.use] ?? 0) + (report.outcomesAfter[.move] ?? 0))
    for change in report.changes {
      let decided = try engine.contact(change.contact.text).decisions.filter { $0.at == now }
      #expect(decided.map(\.outcome) == [change.after.outcome], "\(change.contact)")
      #expect(decided.first?.device == change.after.device, "\(change.contact)")
      #expect(decided.first?.reason == change.after.reason, "\(change.contact)")
    }
    let loads = try engine.store.devices(at: now)
    for device in report.devices {
      let line = try #require(loads.lines.first { $0.device.id == device.device })
      #expect(line.sums.queued == device.queuedAfter, "\(device.device)")
    }
  }

  @Test func `nothing is written`() async throws {
    let engine = try await halfway()
    let before = try engine.store.exportedBytes()
    _ = try engine.store.read { snapshot in
      try DryRun(
        options: .init(now: engine.clock.now()), against: try shipped("fallback"), candidate: try shipped("reassign")
      ).run(on: snapshot)
    }
    #expect(try engine.store.exportedBytes() == before)
  }

  @Test func `it sees one snapshot even if another process decides while it runs`() async throws {
    let engine = try await halfway()
    let now = engine.clock.now()
    let reader = try Stores.open(engine.store.path, mode: .readOnly)
    let (fallback, strict) = (try shipped("fallback"), try shipped("strict"))
    func report(candidate: @escaping DryRun.Policies) throws -> DryRunReport {
      try reader.read { snapshot in
        try DryRun(options: .init(now: now), against: fallback, candidate: candidate).run(on: snapshot)
      }
    }
    let alone = try report(candidate: strict)
    var decided = 0
    let beside = try report { tenant in
      // While the snapshot is held and before the first contact is read, all due steps are decided and committed.
      decided = try engine.decide().decided
      return try strict(tenant)
    }
    #expect(decided == alone.contacts && decided > 20)
    #expect(beside.contacts == alone.contacts && beside.outcomesAfter == alone.outcomesAfter)
    #expect(beside.devices.map(\.queuedAfter) == alone.devices.map(\.queuedAfter))
    #expect(beside.changes.map(\.contact) == alone.changes.map(\.contact))
    // Afterwards only those that wait are left.
    let waiting = try waiting(engine)
    #expect(try waiting > 0 && report(candidate: strict).contacts == waiting)
  }

  @Test func `one contact is kept with both complete decisions`() async throws {
    let engine = try await halfway()
    let (fallback, strict) = (try shipped("fallback"), try shipped("strict"))
    func run(_ options: DryRun.Options) throws -> DryRunReport {
      try engine.store.read { try DryRun(options: options, against: fallback, candidate: strict).run(on: $0) }
    }
    let all = try run(.init(now: engine.clock.now()))
    let change = try #require(all.changes.last)
    let detail = try #require(
      try run(.init(now: engine.clock.now(), listed: .same, contact: change.contact)).details.first)
    #expect(detail.before.outcome == change.before.outcome && detail.beforeDevice == change.before.device)
    #expect(detail.after.reason == change.after.reason && detail.after.policy == "strict")
    #expect(detail.after.instructions > 0)
  }

  @Test(arguments: DryRunReport.Listed.allCases)
  func `the listed contacts match the counts`(listed: DryRunReport.Listed) async throws {
    let engine = try await halfway()
    let (fallback, reassign) = (try shipped("strict"), try shipped("least_loaded"))
    let report = try engine.store.read { snapshot in
      try DryRun(
        options: .init(now: engine.clock.now(), listed: listed), against: fallback, candidate: reassign
      ).run(on: snapshot)
    }
    let expected =
      switch listed {
      case .changed: report.changed
      case .moved: report.moved
      case .waiting: report.outcomesAfter[.wait] ?? 0
      case .skipped: report.outcomesAfter[.skip] ?? 0
      case .faults: report.faults
      case .same: report.same
      }
    #expect(report.changes.count == expected)
    #expect(report.reasons.lines.reduce(0) { $0 + $1.before } == report.contacts)
    #expect(report.reasons.lines.reduce(0) { $0 + $1.after } == report.contacts)
  }

  @Test func `reasons beyond the maximum number are counted together`() throws {
    var report = DryRunReport(now: TestInstance.start)
    let tenant = Tenant(key: TenantKey(1), id: TenantID(stored: "acme"))
    for number in 0..<(ReasonCounts.distinctMax + 500) {
      let side = DryRunReport.Side(outcome: .wait, device: nil, reason: "reason \(number)")
      report.add(tenant: tenant, contact: Contact(id: ContactID(stored: "c\(number)")), before: side, after: side)
    }
    let lines = report.reasons.lines
    #expect(lines.count == ReasonCounts.distinctMax + 1)
    let first = try #require(lines.first)
    #expect(first.reason == ReasonCounts.others && first.before == 500 && first.after == 500)
  }

  @Test func `a limit and a tenant restrict it, and an unknown tenant is refused`() async throws {
    let engine = try await halfway()
    let policies = (try shipped("fallback"), try shipped("strict"))
    func run(_ options: DryRun.Options) throws -> DryRunReport {
      try engine.store.read { try DryRun(options: options, against: policies.0, candidate: policies.1).run(on: $0) }
    }
    #expect(try run(.init(now: engine.clock.now(), limit: 5)).contacts == 5)
    // At the start no step is due, and the contacts that wait are decided at any time.
    let waiting = try waiting(engine)
    #expect(try waiting > 0 && run(.init(tenant: TenantID("acme"), now: TestInstance.start)).contacts == waiting)
    #expect(throws: DryRun.UnknownTenant.self) { try run(.init(tenant: TenantID("nobody"), now: TestInstance.start)) }
  }

  @Test func `a failing candidate is counted and its contacts wait`() async throws {
    let engine = try await halfway()
    let faulty = try CompiledPolicy(
      file: "faulty", source: Array("return { select = function(c) return use(c.devise) end }".utf8))
    let report = try engine.store.read { snapshot in
      try DryRun(
        options: .init(now: engine.clock.now()), against: try shipped("fallback"), candidate: { _ in [faulty] }
      ).run(on: snapshot)
    }
    #expect(report.faults == report.contacts)
    #expect(report.outcomesAfter == [.wait: report.contacts])
  }
}
