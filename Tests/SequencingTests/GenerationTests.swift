import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Synchronization
import Testing

/// The recorded generation agrees with the decisions, even if policies change in the meantime.
struct GenerationTests {
  /// A registry after whose answer another process activates something: between a cycle's check and its decisions.
  private final class Meddled: PolicySource {
    private let registry: PolicyRegistry
    var meddle: (() throws -> Void)?

    init(rules: String) {
      registry = PolicyRegistry(catalog: PolicyCatalog(rules: rules), acceptance: StandardAcceptance())
    }

    func refresh(_ tenant: Tenant, last: Int64, known: () throws -> KnownPolicies) rethrows -> TenantPolicies {
      let status = try registry.refresh(tenant, last: last, known: known)
      // The action may set the next one.
      let action = meddle
      meddle = nil
      do { try action?() } catch { Issue.record(error) }
      return status
    }
  }

  private static func policy(_ reason: String) -> String {
    // A wait that repeats the last answer is not recorded.
    "return { select = function(c, fleet) return wait('\(reason) ' .. c.attempts, 1) end }"
  }

  private func engine(leads: Int = 100, tenants: [String] = ["acme"]) throws -> TestInstance {
    var scenario = StoreScenario()
    for tenant in tenants {
      scenario.tenant(tenant, policy: "mine")
      scenario.device("D1", of: tenant)
      scenario.sequence(of: tenant)
      for lead in 0..<leads { scenario.lead(lead, of: tenant, device: "D1") }
    }
    return try TestInstance(scenario, files: ["mine": Self.policy("from the file")])
  }

  private func decisions(
    _ engine: TestInstance
  ) throws -> [(generation: Int, reason: String, revision: String)] {
    var decisions: [(Int, String, String)] = []
    var generation = 0
    try engine.store.readHistory { snapshot in
      try snapshot.visitRecord(
        RecordFilter(), run: { generation = $0.generation },
        decision: { decision in
          decisions.append((generation, decision.reason, decision.revision))
          return true
        })
    }
    return decisions
  }

  @Test func `after an activation between a cycle's check and its decisions, the next cycle decides`()
    throws
  {
    let engine = try engine(tenants: ["acme", "globex"])
    let registry = Meddled(rules: engine.folder.file("Rules"))
    let said = Mutex<[TenantID]>([])
    let cycle = Cycle(store: engine.store, registry: registry, epoch: engine.epoch, stopwatch: { 0 })
    #expect(try cycle.run(at: engine.clock.now()).decided == 200)
    engine.clock.advance(seconds: 2)
    registry.meddle = {
      let other = try TestInstance.revision("mine", Self.policy("by hand"))
      try engine.change(.activate) { $0.live = [other] }
    }
    let beaten = try cycle.run(
      at: engine.clock.now(),
      report: { event in if case .tenantGivenUp(let tenant) = event { said.withLock { $0.append(tenant) } } })
    #expect(beaten.decided == 100, "the other tenant is not held up")
    #expect(said.withLock { $0 }.map(\.text) == ["acme"])
    engine.clock.advance(seconds: 2)
    #expect(try cycle.run(at: engine.clock.now()).decided == 200)
    let found = try decisions(engine)
    #expect(found.allSatisfy { ($0.generation == 1) == $0.reason.hasPrefix("from the file") })
    #expect(found.count { $0.reason.hasPrefix("by hand") } == 100)
    #expect(try engine.store.integrity().checks.allSatisfy { $0.violations == 0 })
  }

  @Test(arguments: [1, 2, 30])
  func `a file edited while its last edit begins a generation never decides before it is on record`(edits: Int) throws {
    let engine = try engine()
    let registry = Meddled(rules: engine.folder.file("Rules"))
    let cycle = Cycle(store: engine.store, registry: registry, epoch: engine.epoch, stopwatch: { 0 })
    _ = try cycle.run(at: engine.clock.now())
    var round = 0
    func edit() throws {
      round += 1
      try engine.folder.write(Self.policy("edit \(round)"), to: "Rules/mine.lua")
      registry.meddle = round < edits ? { try edit() } : nil
    }
    for _ in 0..<3 {
      engine.clock.advance(seconds: 2)
      (round, registry.meddle) = (0, { try edit() })
      _ = try cycle.run(at: engine.clock.now())
    }
    let live = try Dictionary(
      uniqueKeysWithValues: engine.store.policyHistory(tenant: nil).map { ($0.generation, $0.revision) })
    let found = try decisions(engine)
    #expect(!found.isEmpty)
    for decision in found { #expect(live[decision.generation] == decision.revision) }
    #expect(try engine.store.integrity().checks.allSatisfy { $0.violations == 0 })
  }

  @Test func `of two simultaneous policy changes one is refused`() throws {
    let engine = try engine()
    try engine.decide()
    let tenant = try engine.store.read { try $0.tenants()[0] }
    let current = try engine.generation()
    let order = PolicyChangeRequest(
      tenant: tenant, last: current.number,
      draft: GenerationDraft(
        lineup: PolicyLineup(live: [try TestInstance.revision("mine", Self.policy("a"))]), parameters: [],
        change: PolicyChange(at: engine.clock.now(), actor: "ann", action: .activate)))
    #expect(try engine.store.apply([order]) == [2])
    #expect(throws: StoreError.generationPassed) { try engine.store.apply([order]) }
    #expect(try engine.generation().number == 2)
  }
}
