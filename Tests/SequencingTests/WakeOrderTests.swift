import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Testing
import Wire

/// Waits that end together get scarce capacity in the order of the waitlists, and none before its step is due.
struct WakeOrderTests {
  private static let waiting = "return { select = function(c, fleet) return wait('a day', 86400) end }"
  private static let using = """
    return { select = function(c, fleet)
      local device = fleet:least_loaded()
      if device then return use(device, 'free') end
      return wait('full', 86400)
    end }
    """

  /// Six contacts that wait for a day: the last lead became due first, and L3 has an urgent step.
  private func engine(dueInAnHour: Bool = false) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    scenario.device("D1", queue: 3)
    scenario.sequence()
    scenario.sequence("fast", trigger: nil, priorities: [.urgent])
    for lead in 0..<6 {
      scenario.lead(lead, device: "D1", triggers: [])
      let due = TestInstance.start.advanced(bySeconds: dueInAnHour && lead == 5 ? 3600 : Int64(-60 * lead))
      var members: [(String, JSONValue)] = [
        ("tenant", .string("acme")), ("sequence", .string(lead == 3 ? "fast" : "welcome")),
        ("lead", .string("L\(lead)")), ("due_at", .string(due.rfc3339)),
      ]
      if dueInAnHour, lead == 5 {
        members += [
          ("status", .string("waiting")), ("reason", .string("later")),
          ("next_at", .string(due.advanced(bySeconds: 60).rfc3339)),
        ]
      }
      scenario.add("enrolment", members)
    }
    let engine = try TestInstance(scenario, files: ["mine": Self.waiting])
    #expect(try engine.decide().waiting == (dueInAnHour ? 5 : 6))
    engine.clock.advance(seconds: 600)
    return engine
  }

  @Test func `a generation gives scarce capacity to the most urgent and longest due`() throws {
    let engine = try engine()
    try engine.folder.write(Self.using, to: "Rules/mine.lua")
    #expect(try engine.decide().queued == 3)
    for (contact, isQueued) in [
      ("fast/L3", true), ("welcome/L5", true), ("welcome/L4", true), ("welcome/L2", false), ("welcome/L1", false),
      ("welcome/L0", false),
    ] {
      #expect(try (engine.contact(contact).status == .queued) == isQueued, "\(contact)")
    }
    #expect(try engine.store.integrity().isSound)
  }

  @Test(arguments: ["generation", "operator", "lead", "enrolment"])
  func `a wait ends no earlier than its step is due`(cause: String) throws {
    let engine = try engine(dueInAnHour: true)
    let id = ContactID("welcome/L5")!
    let due = TestInstance.start.advanced(bySeconds: 3600)
    var row = StoreScenario()
    switch cause {
    case "generation": try engine.folder.write(Self.using, to: "Rules/mine.lua")
    case "operator":
      #expect(
        try engine.store.wakeContacts(
          [id], of: TenantID("acme")!, reason: "test", actor: "ann", at: engine.clock.now()) == 1)
    case "lead": row.lead(5, device: "D1", triggers: [], name: "Aina")
    default:
      row.device("D2")
      row.add(
        "enrolment",
        [
          ("tenant", .string("acme")), ("sequence", .string("welcome")), ("lead", .string("L5")),
          ("assigned_device", .string("D2")),
        ])
    }
    try engine.take(row)
    try engine.decide()
    #expect(try engine.contact(id.text).status == .waiting && engine.contact(id.text).nextAt == due)
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `the wakes of many tenants leave time to decide, and each has its turn`() throws {
    let tenants = 30
    var scenario = StoreScenario()
    for tenant in 1...tenants {
      scenario.tenant("t\(tenant)", policy: "mine")
      scenario.device("D1", of: "t\(tenant)")
      scenario.sequence(of: "t\(tenant)")
      scenario.lead(0, of: "t\(tenant)", device: "D1")
    }
    let engine = try TestInstance(scenario, files: ["mine": Self.waiting])
    #expect(try engine.decide().waiting == tenants)
    for tenant in 1...tenants {
      try engine.store.beginWake(of: TenantKey(Int64(tenant)), at: engine.clock.now(), epoch: engine.epoch)
    }
    let store = PacedStore(engine.store, wakeCost: 40) { _ in 1 }
    let cycle = Cycle(
      store: store,
      registry: PolicyRegistry(
        catalog: PolicyCatalog(rules: engine.folder.file("Rules")), acceptance: StandardAcceptance()),
      epoch: engine.epoch, stopwatch: { store.time }, budget: TimeBudget())
    var (cycles, times) = (0, [Double]())
    var isUnfinished = true
    while isUnfinished, cycles < 20 {
      engine.clock.advance(seconds: 1)
      let before = store.time
      isUnfinished = try cycle.run(at: engine.clock.now()).isUnfinished
      times.append(store.time - before)
      cycles += 1
    }
    #expect(cycles == 3, "13 tenants in half a second")
    #expect(times.allSatisfy { $0 < 700 })
    #expect(try engine.store.read { try $0.wakes(onlyOpen: true).isEmpty })
    #expect(store.transactions.reduce(0) { $0 + $1.steps.count } == tenants)
  }
}
