import Operations
import Policies
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import Representations

/// A guard that fails for some contacts is shown by each overview, before it is suspended.
struct FailingGuardTests {
  private let engine: TestInstance
  private let acme = TenantID("acme")!
  private var catalog: PolicyCatalog { PolicyCatalog(rules: engine.folder.file("Rules")) }

  /// The guard fails for two of six contacts, which have no such attribute.
  init() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.tenant("globex", policy: "assigned")
    scenario.device("D1")
    scenario.sequence()
    for lead in 1...6 {
      scenario.lead(lead, device: "D1")
      guard lead > 2 else { continue }
      scenario.add(
        "lead", [("tenant", "acme"), ("id", .string("L\(lead)")), ("attributes", .object(["spent": .integer(5)]))])
    }
    let spendcap = """
      return { guard = function(contact)
        if contact.attributes.spent > 1000 then return wait('spent enough', 60) end
      end }
      """
    engine = try TestInstance(scenario, files: ["guards/spendcap": spendcap])
    try engine.store.changeGuards(actor: "ann", at: engine.clock.now(), reason: nil) { list in
      list = [GuardListing(name: "spendcap", parameters: [], own: [])]
      return "set"
    }
    let report = try engine.decide()
    #expect(report.faults == 2 && report.queued == 4)
  }

  private static let start = "failed for 2 contacts, last with: runtime fault in guards/spendcap, line 2: "

  @Test func `the list of guards and the list of policies name it`() throws {
    let guards = GuardListReport(try GuardsQuery().run(on: engine.store, catalog: catalog))
    #expect(guards.json.items.map { $0["tenant"] } == [.null, "acme"])
    #expect(guards.json.items[1]["trouble"].text?.hasPrefix(Self.start) == true)
    let policies = PolicyListReport(try PolicyListQuery().run(on: engine.store, catalog: catalog))
    #expect(policies.json.items.map { $0["faults"] } == [0, 0])
    #expect(policies.json.items[0]["guard_trouble"].text?.hasPrefix("spendcap " + Self.start) == true)
    #expect(policies.json.items[1]["guard_trouble"] == .null)
    #expect(policies.tableListing.columns.contains("guard_trouble"))
  }

  @Test func `top shows it with the policies`() throws {
    let overview = try engine.store.watch(stopwatch: { 0 }).look(at: engine.clock.now())
    let trouble = try #require(overview.guards.first)
    #expect(overview.guards.count == 1 && trouble.state == .failing && trouble.contacts == 2)
    let lines = TopScreen(overview, TopView(), store: "usher.db", size: nil, columns: 200).lines.map(\.plain)
    #expect(lines.contains { $0.contains("acme  guard spendcap  " + Self.start) }, "\(lines)")
    var view = TopView()
    view.tenant = TenantID("globex")!
    #expect(TopReport(overview, view, store: "usher.db").json["guards"] == .array([]))
    let shown = TopReport(overview, TopView(), store: "usher.db").json["guards"].items[0]
    #expect(shown.keys == ["tenant", "guard", "state", "reason", "code", "contacts"])
    #expect(shown["tenant"] == "acme" && shown["state"] == "failing" && shown["contacts"] == 2)
  }

  @Test func `health passes, and names it`() throws {
    var facts = HealthFacts(now: HeartbeatTime(clock: engine.clock.now(), uptime: 1, boot: "b"))
    (facts.policies, facts.guards) = (try engine.store.policyStatuses(), try engine.store.guardTroubles())
    let check = try #require(Health(facts).checks.first { $0.name == "faults" })
    #expect(check.state == .ok)
    #expect(check.found.hasPrefix("no policy is suspended; acme: guard 'spendcap' " + Self.start), "\(check.found)")
  }

  @Test func `without a fault it has no trouble any more`() throws {
    var corrected = StoreScenario()
    for lead in 1...2 {
      corrected.add(
        "lead", [("tenant", "acme"), ("id", .string("L\(lead)")), ("attributes", .object(["spent": .integer(5)]))])
    }
    try engine.take(corrected)
    try engine.decide()
    #expect(try engine.store.guardTroubles().isEmpty)
  }

  @Test func `top shows an open pass over waits`() throws {
    var overview = try engine.store.watch(stopwatch: { 0 }).look(at: engine.clock.now())
    overview.guards = []
    overview.wakes = [acme: Wake(generation: 2, at: overview.now, decided: 120, total: 300)]
    let lines = TopScreen(overview, TopView(), store: "usher.db", size: nil, columns: 200).lines.map(\.plain)
    #expect(
      lines.contains { $0.contains("  acme  assigned") && $0.hasSuffix("; waits: 120 of 300 decided again") })
    let policies = TopReport(overview, TopView(), store: "usher.db").json["policies"].items
    #expect(policies.map { $0["waits"] } == ["120 of 300 decided again", .null])
    overview.wakes[acme]?.endedAt = overview.now
    let ended = TopScreen(overview, TopView(), store: "usher.db", size: nil, columns: 200).lines.map(\.plain)
    #expect(!ended.contains { $0.contains("decided again") })
  }
}
