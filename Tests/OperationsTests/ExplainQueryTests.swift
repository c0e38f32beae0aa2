import Policies
import Routing
import RoutingTestKit
import Testing

@testable import Operations

/// The policies that an explanation evaluates, and the times it accepts.
struct ExplainQueryTests {
  private let engine: TestInstance
  private let catalog = PolicyCatalog(rules: nil)

  init() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme")
    scenario.device("D1")
    scenario.device("D2")
    scenario.sequence(delays: [0, 3600])
    scenario.lead(1, device: "D1")
    engine = try TestInstance(scenario)
    try await engine.step(seconds: 60)
    try await engine.step(seconds: 60)
  }

  private func policy(_ query: ExplainQuery) throws -> String? {
    try query.run(engine.store, catalog: catalog, at: engine.clock.now()).present?.decision.policy
  }

  @Test func `an explanation evaluates the active policies, or those that are named`() throws {
    #expect(try policy(ExplainQuery(contact: "welcome/L1")) == "fallback")
    let strict = try catalog.entry(named: "strict")
    #expect(try policy(ExplainQuery(contact: "L1", candidates: [strict])) == "strict")
  }

  @Test func `a future time is explained, and a time before the last decision is rejected`() throws {
    let (store, now) = (engine.store, engine.clock.now())
    let later = now.advanced(bySeconds: 7200)
    #expect(try ExplainQuery(contact: "L1", moment: later).run(store, catalog: catalog, at: now).now == later)
    let past = ExplainQuery(contact: "L1", moment: TestInstance.start.advanced(bySeconds: -1))
    let problem = #expect(throws: Problem.self) { try past.run(store, catalog: catalog, at: now) }
    #expect(problem?.code == .invalidInput)
    #expect(
      problem?.message.hasSuffix("no decision about welcome/L1 was recorded up to that time") == true, "\(problem!)")
  }
}
