import Policies
import Routing
import RoutingTestKit
import Sequencing
import Testing

/// A contact that was set aside after faults starts again when it is woken, and an operator can have a suspended policy
/// tried again.
struct WakeAfterFaultsTests {
  /// Fails while the device has the tag `broken`: the cause is not in the contact's rows.
  private static let source = """
    return { select = function(c, fleet)
      for _, tag in ipairs(fleet[1].tags) do if tag == 'broken' then return wait(nil .. c.id) end end
      return use(fleet[1], 'first')
    end }
    """

  private func engine(leads: Int, _ source: String = source) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    scenario.device("D1", tags: ["broken"])
    scenario.sequence()
    for lead in 0..<leads { scenario.lead(lead, device: "D1") }
    return try TestInstance(scenario, files: ["mine": source])
  }

  /// Decides until the contacts have failed `count` times in a row.
  private func fail(_ engine: TestInstance, _ count: Int) throws {
    for _ in 0..<count {
      #expect(try engine.decide().faults > 0)
      engine.clock.advance(seconds: 60)
    }
  }

  private func wait(_ engine: TestInstance, _ id: String) throws -> Int64 {
    let next = try #require(try engine.contact(id).nextAt)
    return (next.milliseconds - engine.clock.now().milliseconds) / 1000
  }

  private func wake(_ engine: TestInstance, _ ids: [String]) throws -> Int {
    try engine.store.wakeContacts(
      ids.map(ContactID.init(stored:)), of: TenantID("acme")!, reason: "fixed", actor: "ann", at: engine.clock.now())
  }

  @Test func `a contact that an operator wakes is tried every minute again, and the others stay set aside`() throws {
    let engine = try engine(leads: 2)
    try fail(engine, 5)
    #expect(try engine.contact("welcome/L1").reason?.hasPrefix("set aside after 5 faults in a row") == true)
    #expect(try wake(engine, ["welcome/L0"]) == 1)
    #expect(try engine.decide().faults == 1)
    #expect(try wait(engine, "welcome/L0") == 60)
    #expect(try engine.contact("welcome/L0").reason?.hasPrefix("runtime fault in mine") == true)
    #expect(try wait(engine, "welcome/L1") > 3000)
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `a contact that is due already and failed before is released too`() throws {
    let engine = try engine(leads: 1)
    try fail(engine, 4)
    #expect(try wait(engine, "welcome/L0") == 0)
    #expect(try wake(engine, ["welcome/L0"]) == 1)
    #expect(try wake(engine, ["welcome/L0"]) == 0)
    #expect(try engine.decide().faults == 1)
    #expect(try wait(engine, "welcome/L0") == 60, "the first fault in a row, not the fifth")
  }

  @Test(arguments: ["filter", "device", "file"])
  func `whatever wakes a contact that is set aside ends its faults in a row`(change: String) throws {
    let engine = try engine(leads: 1)
    try fail(engine, 5)
    switch change {
    case "filter":
      let filter = RowFilter.comparison(FilterComparison(FilterField("code"), .equal, [.text("set_aside")]))
      #expect(
        try engine.store.wakeContacts(
          matching: filter, text: "code=set_aside", count: 1, of: TenantID("acme")!, reason: "fixed", actor: "ann",
          at: engine.clock.now()) == 1)
    case "device":
      var row = StoreScenario()
      row.device("D1", tags: ["broken", "old"])
      try engine.take(row)
    default: try engine.folder.write(Self.source + " ", to: "Rules/mine.lua")
    }
    #expect(try engine.decide().faults == 1)
    #expect(try wait(engine, "welcome/L0") == 60)
  }

  // MARK: - Suspensions

  /// Suspends the policy with 40 contacts, then removes the cause, which is not in the rows of any lead.
  private func suspended() throws -> TestInstance {
    let engine = try engine(leads: 40)
    #expect(try engine.decide().faults == 40)
    engine.clock.advance(seconds: 10)
    var row = StoreScenario()
    row.device("D1", tags: [])
    try engine.take(row)
    #expect(try engine.decide().waiting == 40, "woken by the device, and the policy is suspended")
    return engine
  }

  private func isSuspended(_ engine: TestInstance) throws -> Bool {
    try engine.store.policyStatuses().contains { $0.suspendedAt != nil }
  }

  @Test func `waking contacts has the suspended policy tried again in the next cycle`() throws {
    let engine = try suspended()
    #expect(try isSuspended(engine))
    #expect(try wake(engine, ["welcome/L7"]) == 1)
    // The end of the suspension wakes the others.
    #expect(try engine.decide().queued == 40)
    #expect(try !isSuspended(engine))
  }

  @Test func `waking by a filter requests one probe, also with many contacts`() throws {
    let engine = try suspended()
    let filter = RowFilter.comparison(FilterComparison(FilterField("step"), .equal, [.number(1)]))
    #expect(
      try engine.store.wakeContacts(
        matching: filter, text: "step=1", count: 40, of: TenantID("acme")!, reason: "fixed", actor: "ann",
        at: engine.clock.now()) == 40)
    #expect(try engine.decide().queued == 40)
    #expect(try !isSuspended(engine))
  }

  @Test func `a probe that fails leaves the policy suspended, and is not repeated without another request`() throws {
    let engine = try engine(leads: 40)
    #expect(try engine.decide().faults == 40)
    engine.clock.advance(seconds: 10)
    #expect(try wake(engine, (0..<40).map { "welcome/L\($0)" }) == 40)
    #expect(try engine.decide().faults == 20)
    #expect(try isSuspended(engine))
    engine.clock.advance(seconds: 300)
    #expect(try engine.decide().faults == 0)
  }
}
