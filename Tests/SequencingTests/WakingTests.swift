import Foundation
import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Testing
import Wire

/// A wait ends when its cause ends: after a change, waiting contacts are decided again.
struct WakingTests {
  /// Waits a day; an edited copy of it queues.
  private static let waiting = "return { select = function(c, fleet) return wait('a day', 86400) end }"
  private static let using = "return { select = function(c, fleet) return use(fleet[1], 'first') end }"

  private func engine(
    _ source: String = waiting, leads: Int = 6, files: [String: String] = [:],
    parameters: [(String, JSONValue)] = [], _ more: (inout StoreScenario) -> Void = { _ in }
  ) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine", parameters: parameters)
    scenario.device("D1")
    scenario.device("D2")
    scenario.sequence()
    for lead in 0..<leads { scenario.lead(lead, device: lead % 2 == 0 ? "D1" : "D2") }
    more(&scenario)
    return try TestInstance(scenario, files: files.merging(["mine": source]) { _, new in new })
  }

  /// Decides, and a minute passes.
  private func wait(_ engine: TestInstance, _ count: Int = 6) throws {
    #expect(try engine.decide().waiting == count)
    engine.clock.advance(seconds: 60)
    #expect(try engine.decide().decided == 0)
  }

  private func wakes(_ engine: TestInstance) -> [String] {
    engine.said.compactMap { if case .woken(_, let wake) = $0 { wake.text } else { nil } }
  }

  /// When the waits of the contacts end.
  private func ends(_ engine: TestInstance, _ count: Int = 6) throws -> [Instant?] {
    try (0..<count).map { try engine.contact("welcome/L\($0)").nextAt }
  }

  // MARK: - Generations

  @Test func `an edited policy decides waiting contacts at once`() throws {
    let engine = try engine()
    try wait(engine)
    try engine.folder.write(Self.using, to: "Rules/mine.lua")
    #expect(try engine.decide().queued == 6)
    #expect(wakes(engine) == ["6 of 6 decided again"])
    #expect(try engine.decide().decided == 0)
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `a policy that is rolled back wakes its waits`() throws {
    let engine = try engine(Self.using, leads: 0)
    try engine.decide()
    let good = try engine.generation().lineup.live
    try engine.change(.activate) { $0.live = [try TestInstance.revision("mine", Self.waiting)] }
    var leads = StoreScenario()
    for lead in 0..<10 { leads.lead(lead, device: "D1") }
    try engine.take(leads)
    #expect(try engine.decide().waiting == 10)
    try engine.change(.rollback) { $0.live = good }
    #expect(try engine.decide().queued == 10)
  }

  @Test func `a guard that is removed wakes the waits it caused`() throws {
    let engine = try engine(
      Self.using, files: ["guards/night": "return { guard = function(c, choice) return wait('night', 40000) end }"])
    let guards = { (names: [String]) in
      try engine.store.changeGuards(actor: "ann", at: engine.clock.now(), reason: nil) { list in
        list = names.map { GuardListing(name: $0, parameters: [], own: []) }
        return "guards"
      }
    }
    try guards(["night"])
    try wait(engine)
    try guards([])
    #expect(try engine.decide().queued == 6)
  }

  @Test func `a parameter that is changed by an import wakes the waits`() throws {
    let engine = try engine(
      "return { params = { open = false }, select = function(c, fleet) "
        + "if params.open then return use(fleet[1], 'open') end return wait('closed', 86400) end }")
    try wait(engine)
    var change = StoreScenario()
    change.tenant("acme", policy: "mine", parameters: [("open", .bool(true))])
    try engine.take(change)
    #expect(try engine.decide().queued == 6)
  }

  @Test func `a canary that begins wakes the waits, and a shadow does not`() throws {
    let engine = try engine()
    try wait(engine)
    try engine.shadow(try TestInstance.revision("mine", Self.using))
    #expect(try engine.decide().decided == 0)
    #expect(wakes(engine).isEmpty)
    try engine.canary(try TestInstance.revision("mine", Self.using), percent: 100)
    #expect(try engine.decide().queued == 6)
  }

  @Test func `contacts that wait for a broken or suspended policy are decided when its file is fixed`() throws {
    let engine = try engine("return { select = function(c) return wait(nil .. c.id) end }", leads: 30)
    #expect(try engine.decide().waiting == 30)
    try engine.folder.write(Self.using, to: "Rules/mine.lua")
    #expect(try engine.decide().queued == 30)
  }

  @Test func `the first generation wakes nobody`() throws {
    let engine = try engine { scenario in
      scenario.lead(20, device: "D1", triggers: [])
      scenario.add(
        "enrolment",
        [
          ("tenant", .string("acme")), ("sequence", .string("welcome")), ("lead", .string("L20")),
          ("status", .string("waiting")), ("reason", .string("on holiday")),
          ("next_at", .string("2026-12-24T09:00:00Z")),
        ])
    }
    #expect(try engine.decide().decided == 6)
    #expect(try engine.contact("welcome/L20").nextAt == Instant(rfc3339: "2026-12-24T09:00:00Z"))
  }

  // MARK: - Devices

  @Test(arguments: ["resume", "status", "import", "limits", "new device"])
  func `a device that can be used again wakes contacts that wait without a waitlist`(change: String) throws {
    let source = """
      return { select = function(c, fleet)
        for _, d in ipairs(fleet) do if d.can_accept_more and d.id ~= 'D2' then return use(d, 'free') end end
        return wait('no device', 86400)
      end }
      """
    let isPaused = change == "resume"
    let engine = try engine(source) { scenario in
      scenario.device(
        "D1", status: isPaused || change == "limits" ? "online" : "offline", queue: change == "limits" ? 0 : nil)
    }
    let device = DeviceID("D1")!
    if isPaused {
      try engine.store.pauseDevice(
        device, of: TenantID("acme")!, until: engine.clock.now().advanced(bySeconds: 90_000), reason: nil,
        actor: "ann", at: engine.clock.now())
    }
    try wait(engine)
    var row = StoreScenario()
    switch change {
    case "resume":
      try engine.store.resumeDevice(device, of: TenantID("acme")!, actor: "ann", at: engine.clock.now())
    case "status":
      try engine.store.setDeviceStatus(
        device, of: TenantID("acme")!, to: .online, reason: nil, actor: "ann", at: engine.clock.now())
    case "new device": row.device("D3")
    default: row.device("D1", status: "online")
    }
    try engine.take(row)
    #expect(try engine.decide().queued == 6)
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `contacts of a retired device are decided for their new device`() throws {
    let engine = try engine(
      "return { select = function(c, fleet) local own = c.device "
        + "if own and own.id == 'D2' then return use(own, 'own') end return wait('not D1', 86400) end }")
    #expect(try engine.decide().waiting == 3)
    try engine.store.retireDevice(
      DeviceID("D1")!, of: TenantID("acme")!, reassignTo: DeviceID("D2")!, reason: "broken", actor: "ann",
      at: engine.clock.now())
    #expect(try engine.decide().queued == 3)
  }

  @Test func `a device that changes during a pass lets it reach the end, and the first waits are decided once more`()
    throws
  {
    let engine = try engine(leads: 40)
    try wait(engine, 40)
    let device = { (status: String) in
      var row = StoreScenario()
      row.device("D1", status: status)
      try engine.take(row)
    }
    let next = { (limit: Int) in
      try engine.store.wakeNext(
        tenant: TenantKey(1), limit: limit, at: engine.clock.now(), epoch: engine.epoch, isOver: { false })
    }
    try device("offline")
    #expect(try next(30)?.decided == 30)
    try device("online")
    let second = try #require(try next(30))
    #expect(second.text == "0 of 40 decided again" && second.endedAt == nil, "another pass follows")
    let third = try #require(try next(100))
    #expect(third.endedAt != nil && third.text == "40 of 40 decided again")
    #expect(try next(1) == nil)
  }

  // MARK: - Rows

  @Test(arguments: ["tags", "attributes", "phone", "device", "time_zone", "name", "enrolment", "opt-out"])
  func `a corrected row wakes its contact alone, and the same file again nobody`(field: String) throws {
    let engine = try engine()
    try wait(engine)
    var row = StoreScenario()
    let lead: (String, JSONValue) -> Void = { key, value in
      row.add("lead", [("tenant", .string("acme")), ("id", .string("L1")), (key, value)])
    }
    switch field {
    case "tags": lead("tags", .array([.string("vip")]))
    case "attributes": lead("attributes", .object(JSONObject([("city", .string("KL"))])))
    case "phone": lead("phone", .string("+15559990001"))
    case "device": lead("device", .string("D1"))
    case "time_zone": lead("time_zone", .string("Asia/Kuala_Lumpur"))
    case "name": lead("name", .string("Aina"))
    case "opt-out": lead("opted_out", .bool(true))
    default:
      row.add(
        "enrolment",
        [
          ("tenant", .string("acme")), ("sequence", .string("welcome")), ("lead", .string("L1")),
          ("assigned_device", .string("D1")),
        ])
    }
    try engine.take(row)
    // The policy answers as before, which is not recorded again; the wait begins anew.
    #expect(try engine.decide().decided == (field == "opt-out" ? 1 : 0))
    let begun = engine.clock.now()
    #expect(try ends(engine)[1] == (field == "opt-out" ? nil : begun.advanced(bySeconds: 86_400)))
    engine.clock.advance(seconds: 60)
    try engine.take(row)
    #expect(try engine.decide().decided == 0)
    #expect(try ends(engine)[1] == (field == "opt-out" ? nil : begun.advanced(bySeconds: 86_400)))
    let others = try ends(engine).enumerated().filter { $0.offset != 1 }.map(\.element)
    #expect(others == Array(repeating: TestInstance.start.advanced(bySeconds: 86_400), count: 5))
  }

  @Test func `a step's corrected text and a tenant's time zone wake the waits`() throws {
    let engine = try engine()
    try wait(engine)
    var text = StoreScenario()
    text.sequence(content: "Hello {name|there}")
    try engine.take(text)
    try engine.decide()
    let begun = engine.clock.now()
    #expect(try ends(engine) == Array(repeating: begun.advanced(bySeconds: 86_400), count: 6))
    engine.clock.advance(seconds: 60)
    try engine.take(text)
    try engine.decide()
    #expect(try ends(engine) == Array(repeating: begun.advanced(bySeconds: 86_400), count: 6))
    var zone = StoreScenario()
    zone.add("tenant", [("id", .string("acme")), ("time_zone", .string("Asia/Kuala_Lumpur"))])
    try engine.take(zone)
    try engine.decide()
    #expect(try ends(engine) == Array(repeating: begun.advanced(bySeconds: 86_460), count: 6))
  }

  @Test func `a trigger that waits is taken up again when its lead changes`() throws {
    let engine = try engine(
      "return { enroll = function(lead, fleet) if lead.name then return use(fleet[1], 'named') end "
        + "return wait('no name', 86400) end, select = function(c, fleet) return use(fleet[1], 'x') end }", leads: 1)
    #expect(try engine.decide().enrolled == 0)
    var row = StoreScenario()
    row.lead(0, device: "D1", name: "Aina")
    try engine.take(row)
    #expect(try engine.decide().enrolled == 1)
  }

  // MARK: - The pass

  @Test func `the pass takes the longest due first, across restarts, and a newer generation begins it anew`() throws {
    let engine = try engine(leads: 0)
    for lead in 0..<50 {
      var row = StoreScenario()
      row.lead(lead, device: "D1")
      try engine.take(row)
      #expect(try engine.decide().waiting == 1)
      engine.clock.advance(seconds: 1)
    }
    try engine.change(.activate) { $0.live = [try TestInstance.revision("mine", Self.using)] }
    let next = { (engine: TestInstance, limit: Int) in
      try engine.store.wakeNext(
        tenant: TenantKey(1), limit: limit, at: engine.clock.now(), epoch: engine.epoch, isOver: { false })
    }
    let due = { (engine: TestInstance) in
      try (0..<50).filter { try engine.contact("welcome/L\($0)").nextAt! < engine.clock.now() }
    }
    #expect(try next(engine, 20)?.text == "20 of 50 decided again")
    #expect(try due(engine) == Array(0..<20))
    let again = try TestInstance(continuing: engine)
    #expect(try next(again, 5)?.decided == 25)
    #expect(try due(again) == Array(0..<25))
    try again.change(.activate) { $0.live = [try TestInstance.revision("mine", Self.using + " ")] }
    #expect(try next(again, 1)?.decided == 1)
    #expect(try again.store.read { try $0.wakes(onlyOpen: true).values.map(\.total) } == [50])
    #expect(try again.decide().queued == 50)
    #expect(try again.store.read { try $0.wakes(onlyOpen: true).isEmpty })
  }

  @Test func `with a budget a pass takes several cycles, and arrivals are decided meanwhile`() throws {
    let engine = try engine(leads: 400)
    try wait(engine, 400)
    let store = PacedStore(engine.store) { _ in 4 }
    let cycle = Cycle(
      store: store,
      registry: PolicyRegistry(
        catalog: PolicyCatalog(rules: engine.folder.file("Rules")), acceptance: StandardAcceptance()),
      epoch: engine.epoch, stopwatch: { store.time }, budget: TimeBudget())
    try engine.folder.write(Self.waiting + " ", to: "Rules/mine.lua")
    var cycles = 0
    var report: CycleReport
    repeat {
      engine.clock.advance(seconds: 1)
      cycles += 1
      var row = StoreScenario()
      row.lead(1000 + cycles, device: "D1")
      try engine.take(row)
      let before = store.time
      report = try cycle.run(at: engine.clock.now())
      #expect(store.time - before <= 250 + 54)
      // What becomes due in a cycle is decided in it, whatever is left of the pass.
      if cycles > 1 { #expect(try engine.contact("welcome/L\(1000 + cycles)").status == .waiting) }
    } while report.isUnfinished && cycles < 60
    #expect(cycles > 5 && cycles < 30)
    #expect(try engine.store.read { try $0.wakes(onlyOpen: false).values.map(\.text) } == ["400 of 400 decided again"])
  }

  @Test func `a pass whose answers repeat the last ones learns its pace from them`() throws {
    let engine = try engine(leads: 600)
    try wait(engine, 600)
    let store = PacedStore(engine.store) { _ in 0.1 }
    let cycle = Cycle(
      store: store,
      registry: PolicyRegistry(
        catalog: PolicyCatalog(rules: engine.folder.file("Rules")), acceptance: StandardAcceptance()),
      epoch: engine.epoch, stopwatch: { store.time }, budget: TimeBudget())
    _ = try cycle.run(at: engine.clock.now())
    var row = StoreScenario()
    row.device("D1", tags: ["new"])
    try engine.take(row)
    engine.clock.advance(seconds: 1)
    var cycles = 0
    while try cycle.run(at: engine.clock.now()).isUnfinished, cycles < 20 { cycles += 1 }
    // 64 waits in the first cycle, and then as many as the time allows.
    #expect(cycles <= 3)
    #expect(try engine.store.read { try $0.wakes(onlyOpen: false).values.map(\.text) } == ["600 of 600 decided again"])
  }
}
