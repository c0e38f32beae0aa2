import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Testing

/// Waiting contacts that a slow policy is asked about in vain do not keep due contacts from their turn.
struct WaitlistFairnessTests {
  private static let source = """
    return { select = function(contact, fleet)
      local own = contact.device
      if own and own.can_accept_more then return use(own, 'own') end
      return wait_for(fleet, 'own device is full', 86400)
    end }
    """

  /// 300 contacts of an offline device stand on the fleet's waitlist, and D1 gains capacity before each cycle.
  private func engine() throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    scenario.device("D1", queue: 50)
    scenario.device("D2", status: "offline")
    scenario.sequence()
    for lead in 0..<300 { scenario.lead(lead, device: "D2") }
    let engine = try TestInstance(scenario, files: ["mine": Self.source])
    #expect(try engine.decide().waiting == 300)
    return engine
  }

  @Test(arguments: [0.5, 2, 9])
  func `arrivals are decided in the cycle in which they come, however long an answer takes`(cost: Double) async throws {
    let engine = try engine()
    let store = PacedStore(engine.store) { _ in cost }
    let cycle = Cycle(
      store: store,
      registry: PolicyRegistry(
        catalog: PolicyCatalog(rules: engine.folder.file("Rules")), acceptance: StandardAcceptance()),
      epoch: engine.epoch, stopwatch: { store.time }, budget: TimeBudget())
    for round in 0..<6 {
      engine.clock.advance(seconds: 2)
      var row = StoreScenario()
      for lead in 0..<3 { row.lead(1000 + 10 * round + lead, device: "D1") }
      try engine.take(row)
      let before = store.time
      #expect(try cycle.run(at: engine.clock.now()).queued == 3)
      #expect(store.time - before <= 250 + 50 + cost)
      #expect(try await engine.send().sent == 3)
    }
  }

  @Test func `without a budget of time each contact that capacity reached is asked`() throws {
    let engine = try engine()
    let store = PacedStore(engine.store) { _ in 30 }
    let cycle = Cycle(
      store: store,
      registry: PolicyRegistry(
        catalog: PolicyCatalog(rules: engine.folder.file("Rules")), acceptance: StandardAcceptance()),
      epoch: engine.epoch, stopwatch: { store.time })
    var row = StoreScenario()
    row.device("D1", queue: 60)
    try engine.take(row)
    engine.clock.advance(seconds: 2)
    let before = store.time
    #expect(try cycle.run(at: engine.clock.now()).decided == 0)
    #expect(store.time - before == 30 * 300)
  }
}
