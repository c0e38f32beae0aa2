import DryRun
import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import StoreSQLite
import Testing

/// Bulk contacts in a whole instance: what their devices keep free, and that their decisions replay.
struct BulkReplayTests {
  private func scenario(policy: String, share: Int? = nil, leads: Int = 40) -> StoreScenario {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: policy, bulkShare: share)
    scenario.device("D1", hour: 10, queue: 20)
    scenario.device("D2", day: 25)
    scenario.sequence("mass", trigger: "MASS", delays: [0, 600], priorities: [.bulk, .bulk])
    scenario.sequence("code", trigger: "CODE", priorities: [.urgent])
    for lead in 1...leads { scenario.lead(lead, device: "D\(lead % 2 + 1)", triggers: ["MASS"]) }
    return scenario
  }

  private func replay(_ engine: TestInstance) throws -> ReplayReport {
    try engine.store.readHistory { try Replay(RecordFilter()).run(on: $0) }
  }

  @Test(arguments: ["fallback", "least_loaded", "reassign", "strict", "assigned"])
  func `bulk messages leave a share of every device to urgent ones (I-68), and all of it replays`(policy: String)
    async throws
  {
    let engine = try TestInstance(scenario(policy: policy, share: 50))
    try await engine.step(seconds: 60)
    let rows = try RecordRows(engine)
    let sent = { (device: Int) in
      try rows.count("SELECT count(*) FROM broadcast_messages WHERE device_id = \(device) AND status = 'sent'")
    }
    #expect(try sent(1) == 5 && sent(2) == 12)
    var late = StoreScenario()
    for lead in 100..<105 { late.lead(lead, device: "D1", triggers: ["CODE"]) }
    try engine.take(late)
    try await engine.step(seconds: 60)
    #expect(
      try rows.count("SELECT count(*) FROM broadcast_messages WHERE priority = 0 AND status = 'sent'") == 5)
    for _ in 0..<6 { try await engine.step(seconds: 900) }
    #expect(try rows.count("SELECT count(*) FROM decisions WHERE priority = 2") > 20)
    #expect(try rows.count("SELECT DISTINCT bulk_share FROM fleet_records") == 50)
    let report = try replay(engine)
    #expect(report.decisions > 40 && report.identical == report.decisions && report.different == 0)
    #expect(try engine.store.integrity().checks.allSatisfy { $0.violations == 0 })
  }

  @Test func `a replay uses the share of the time of the decision`() async throws {
    let engine = try TestInstance(scenario(policy: "fallback", share: 30))
    try await engine.step(seconds: 60)
    var change = StoreScenario()
    change.tenant("acme", policy: "fallback", bulkShare: 100)
    try engine.take(change)
    for _ in 0..<8 { try await engine.step(seconds: 900) }
    let rows = try RecordRows(engine)
    #expect(try rows.count("SELECT count(DISTINCT bulk_share) FROM fleet_records") == 2)
    let report = try replay(engine)
    #expect(report.identical == report.decisions && report.decisions > 40)
    // Without the share on record, the decisions differ.
    try rows.change("UPDATE fleet_records SET bulk_share = 80 WHERE bulk_share = 30")
    #expect(try replay(engine).different > 0)
  }

  private func shipped(_ name: String) throws -> CompiledPolicy {
    try CompiledPolicy(file: name, source: try #require(ShippedPolicies.source(of: name)))
  }

  @Test func `a dry run sees the reduced limits`() throws {
    var scenario = scenario(policy: "fallback", share: 50)
    for lead in 1...40 {
      scenario.add(
        "enrolment",
        [
          ("tenant", "acme"), ("sequence", "mass"), ("lead", .string("L\(lead)")),
          ("due_at", .string(TestInstance.start.rfc3339)),
        ])
    }
    let engine = try TestInstance(scenario)
    let (fallback, leastLoaded) = (try shipped("fallback"), try shipped("least_loaded"))
    let report = try engine.store.read { snapshot in
      try DryRun(
        options: .init(now: engine.clock.now()), against: { _ in [fallback] }, candidate: { _ in [leastLoaded] }
      ).run(on: snapshot)
    }
    #expect(report.contacts == 40 && report.same + report.changed == 40)
    for device in report.devices {
      // Half of 10 an hour, and half of 25 a day.
      let most = device.device.text == "D1" ? 5 : 12
      #expect(device.queuedBefore == most && device.queuedAfter == most, "\(device)")
    }
  }

  @Test func `explain names the share that bulk messages may use`() async throws {
    let engine = try TestInstance(scenario(policy: "strict", share: 50, leads: 24))
    try await engine.step(seconds: 60)
    let waiting = try #require(
      try (1...24).first { try engine.contact("mass/L\($0)").status == .waiting && $0 % 2 == 0 })
    let (now, strict) = (engine.clock.now(), try shipped("strict"))
    let explanation = try engine.store.readHistory { history in
      try Explain(
        options: .init(contact: "mass/L\(waiting)", now: now),
        policies: { _ in [strict] }
      ).run(on: history)
    }
    let considered = try #require(explanation.present?.considerations.first)
    guard case .refused(let refusal) = considered.reason else {
      Issue.record("expected a refusal, found \(considered.reason)")
      return
    }
    #expect(refusal.text.hasPrefix("bulk messages may use 5 of 10 an hour, and "))
    #expect(considered.freeAt != nil)
  }
}
