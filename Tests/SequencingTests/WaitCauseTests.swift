import Policies
import Routing
import RoutingTestKit
import Sequencing
import Testing

/// Which waits a change ends, and which it leaves alone.
struct WaitCauseTests {
  /// Waits for a day while the contact's own device cannot take more; another device is idle.
  private static let plain = """
    return { select = function(c, fleet)
      local own = c.device
      if own and own.can_accept_more then return use(own, 'own') end
      return wait('own device cannot', 86400)
    end }
    """
  /// The same on the waitlist of the own device.
  private static let listed = """
    return { select = function(c, fleet)
      local own = c.device
      if own and own.can_accept_more then return use(own, 'own') end
      return wait_for(own, 'own device cannot', 86400)
    end }
    """
  private static let acme = TenantID("acme")!

  private func engine(_ source: String, leads: Int = 4, _ more: (inout StoreScenario) -> Void) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    scenario.device("D1")
    scenario.device("D2")
    scenario.sequence()
    for lead in 0..<leads { scenario.lead(lead, device: "D1") }
    more(&scenario)
    return try TestInstance(scenario, files: ["mine": source])
  }

  private func wakes(_ engine: TestInstance) -> [String] {
    engine.said.compactMap { if case .woken(_, let wake) = $0 { wake.text } else { nil } }
  }

  @Test(arguments: [false, true])
  func `a pause that ends by itself ends the waits that it caused, once`(isRestarted: Bool) throws {
    var engine = try engine(Self.plain) { _ in }
    let end = engine.clock.now().advanced(bySeconds: 600)
    try engine.store.pauseDevice(
      DeviceID("D1")!, of: Self.acme, until: end, reason: nil, actor: "ann", at: engine.clock.now())
    #expect(try engine.decide().waiting == 4)
    engine.clock.advance(seconds: 599)
    #expect(try engine.decide().decided == 0)
    engine.clock.advance(seconds: 1)
    if isRestarted { engine = try TestInstance(continuing: engine) }
    #expect(try engine.decide().queued == 4)
    #expect(wakes(engine) == ["4 of 4 decided again"])
    engine.clock.advance(seconds: 60)
    #expect(try engine.decide().decided == 0 && wakes(engine).count == 1)
  }

  @Test func `a greater bulk share ends waits without a waitlist`() throws {
    let engine = try engine(Self.plain, leads: 0) { scenario in
      scenario.tenant("acme", policy: "mine", bulkShare: 0)
      scenario.sequence("news", trigger: "NEWS", priorities: [.bulk])
      for lead in 10..<13 { scenario.lead(lead, device: "D1", triggers: ["NEWS"]) }
      scenario.device("D1", hour: 5)
    }
    #expect(try engine.decide().waiting == 3)
    var change = StoreScenario()
    change.tenant("acme", policy: "mine", bulkShare: 100)
    try engine.take(change)
    engine.clock.advance(seconds: 60)
    #expect(try engine.decide().queued == 3)
  }

  @Test func `devices that change leave waitlists alone, however many of them an import has`() throws {
    let engine = try engine(Self.listed) { $0.device("D1", status: "offline") }
    #expect(try engine.decide().waiting == 4)
    engine.clock.advance(seconds: 60)
    var change = StoreScenario()
    for device in 2...5 { change.device("D\(device)", tags: ["new"]) }
    try engine.take(change)
    #expect(try engine.decide().decided == 0 && wakes(engine).isEmpty)
    // A retired one is never served again.
    try engine.store.retireDevice(
      DeviceID("D1")!, of: Self.acme, reassignTo: DeviceID("D2")!, reason: "broken", actor: "ann",
      at: engine.clock.now())
    #expect(try engine.decide().queued == 4)
  }

  @Test func `a device that changes during a pass over all waits adds a pass over those without a waitlist alone`()
    throws
  {
    let engine = try engine(Self.listed) { $0.device("D1", status: "offline") }
    #expect(try engine.decide().waiting == 4)
    var change = StoreScenario()
    change.device("D2", tags: ["new"])
    engine.clock.advance(seconds: 60)
    try engine.store.beginWake(of: TenantKey(1), at: engine.clock.now(), epoch: engine.epoch)
    try engine.take(change)
    // Their answers repeat the last ones.
    #expect(try engine.decide().decided == 0 && wakes(engine) == ["4 of 4 decided again"])
    #expect(try engine.store.read { try $0.wakes(onlyOpen: true) }.isEmpty)
  }

  @Test func `a process for each cycle reaches the contacts behind many that cannot use the capacity`() throws {
    let source = """
      return { select = function(c, fleet)
        if c.device.can_accept_more and c.attributes.ok then return use(c.device, 'ok') end
        return wait_for(fleet, 'not yet', 86400)
      end }
      """
    var engine = try engine(source, leads: 400) { $0.device("D1", queue: 0) }
    try engine.decide()
    var row = StoreScenario()
    row.add("lead", [("tenant", "acme"), ("id", "L399"), ("attributes", .object(["ok": true]))])
    row.device("D1", queue: 5)
    try engine.take(row)
    // The import woke the contact itself: it waits again because the device is full.
    try engine.take(full())
    engine = try TestInstance(continuing: engine)
    try engine.decide()
    var free = StoreScenario()
    free.device("D1", queue: 5)
    try engine.take(free)
    engine = try TestInstance(continuing: engine)
    #expect(try engine.decide().queued == 1)
  }

  private func full() -> StoreScenario {
    var row = StoreScenario()
    row.device("D1", queue: 0)
    return row
  }
}
