import DryRun
import Policies
import Routing
import RoutingTestKit
import Testing

/// Waits at the start of a simulation: other policies end them, as a change of the policies of a store does.
struct SimulatedWakeTests {
  /// Four contacts that wait for an offline device under `strict`.
  private func waiting() throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "strict")
    scenario.device("D1", status: "offline")
    scenario.device("D2", hour: 60)
    scenario.sequence(delays: [0])
    for lead in 1...4 { scenario.lead(lead, device: "D1") }
    let instance = try TestInstance(scenario, gateway: FakeGateway())
    try instance.decide()
    instance.clock.advance(seconds: 60)
    return instance
  }

  private func run(_ instance: TestInstance, policy: String? = nil) throws -> SimulationReport {
    let now = instance.clock.now()
    let state = try instance.store.state(of: nil, modelLeads: 0, at: now)
    let entry = try policy.map { try PolicyCatalog(rules: nil).entry(named: $0) }
    return try Simulation(state, options: Simulation.Options(start: now, hours: 1)).run(policy ?? "active") { tenant in
      let recorded = CompiledLineup(state.tenants[0].generation!.lineup)
      guard let entry else { return recorded }
      return CompiledLineup(
        live: [CompiledPolicy.orBroken(entry, parameters: tenant.parameters)], guards: recorded.guards)
    }
  }

  @Test func `other policies decide the waiting contacts at the start`() throws {
    let report = try run(waiting(), policy: "fallback")
    let totals = report.totals
    #expect(totals.decided == 4 && totals.waiting == 0 && totals.sent == 4)
    #expect(report.waitlists.map(\.waitlist) == [.device(DeviceID("D1")!)])
    #expect(report.waitlists.map(\.served) == [4] && report.waitlists.map(\.waiting) == [0])
    #expect(report.waitlists.map(\.longestMilliseconds) == [60_000])
  }

  @Test func `the same policies leave them on their waitlist`() throws {
    let report = try run(waiting())
    let totals = report.totals
    #expect(totals.decided == 0 && totals.waiting == 4)
    #expect(report.waitlists.map(\.served) == [0] && report.waitlists.map(\.waiting) == [4])
    #expect(report.waitlists.map(\.longestMilliseconds) == [3_660_000])
    let named = try run(waiting(), policy: "strict").totals
    #expect(named.decided == 0 && named.waiting == 4)
  }
}
