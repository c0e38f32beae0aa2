import Routing
import RoutingTestKit
import Sequencing
import Testing

/// Contacts that wait for capacity with a plain `wait`: they cost no more than the capacity that reaches them (F9).
struct WaitForCapacityTests {
  private static let policies = [
    // Devices of a group, by tag.
    "groups": """
    return { select = function(contact, fleet)
      local group = fleet:candidates(1, { tag = contact.tags[1] })
      if group[1] then return use(group[1], 'group') end
      return wait('group is full', 900)
    end }
    """,
    // D4 is kept free.
    "kept": """
    return { select = function(contact, fleet)
      for _, d in ipairs(fleet:available()) do
        if d.id ~= 'D4' then return use(d, 'one of three') end
      end
      return wait('the three are full', 900)
    end }
    """,
  ]

  private func engine(_ policy: String, contacts: Int, tags: Bool = false) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: policy)
    for device in 1...4 {
      scenario.device("D\(device)", queue: 5, pace: [2, 4], tags: tags ? [device % 2 == 0 ? "a" : "b"] : [])
    }
    scenario.sequence()
    for lead in 1...contacts {
      scenario.add(
        "lead",
        [
          ("tenant", .string("acme")), ("id", .string("L\(lead)")), ("phone", .string("+\(15_550_000_000 + lead)")),
          ("tags", .array(tags ? [.string(lead % 2 == 0 ? "a" : "b")] : [])), ("triggers", .array([.string("NEW")])),
        ])
    }
    return try TestInstance(scenario, files: Self.policies)
  }

  private func decisions(_ engine: TestInstance) throws -> Int {
    try engine.store.exportedBytes().split(separator: UInt8(ascii: "\n")).count {
      $0.starts(with: #"{"type":"decision""#.utf8)
    }
  }

  @Test(arguments: ["fallback", "least_loaded", "reassign"])
  func `each freed slot costs one decision, and the longest due gets it`(policy: String) async throws {
    let count = 400
    let engine = try engine(policy, contacts: count)
    var queued = 0
    for cycle in 0..<20 {
      let report = try await engine.step(seconds: 2)
      queued += report.queued
      if cycle > 0 { #expect(report.decided == report.queued) }
    }
    #expect(engine.gateway.sent.count > 20)
    // One decision for each contact when it became due, and one for each message of a contact that waited.
    #expect(try decisions(engine) == count + queued - 20)
    // The first contacts were served, and nobody before them waits.
    let numbers: [Int] = engine.gateway.sent.compactMap { message in
      let number: Substring = message.contact.text.dropFirst("welcome/L".count)
      return Int(number)
    }
    #expect(numbers.allSatisfy { $0 <= queued })
  }

  @Test func `contacts of a full group do not wait on capacity of another, and get their own first`() async throws {
    let engine = try engine("groups", contacts: 200, tags: true)
    var decided = 0
    for _ in 0..<20 { decided += try await engine.step(seconds: 2).decided }
    let sent = engine.gateway.sent.count
    #expect(sent > 20)
    #expect(decided < 200 + 2 * sent + 40, "\(decided) decisions for \(sent) messages")
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `a policy that keeps a device free records each wait once`() async throws {
    let engine = try engine("kept", contacts: 200)
    var (decided, queued) = (0, 0)
    for _ in 0..<20 {
      let report = try await engine.step(seconds: 2)
      (decided, queued) = (decided + report.decided, queued + report.queued)
    }
    #expect(decided == 200 + queued - 15)
    #expect(try decisions(engine) == decided)
  }

  @Test func `a newcomer does not overtake contacts that wait for the same capacity`() async throws {
    let engine = try engine("fallback", contacts: 60)
    for _ in 0..<3 { try await engine.step(seconds: 2) }
    let before = Set(engine.gateway.sent.map(\.contact.text))
    var late = StoreScenario()
    for lead in 1001...1030 { late.lead(lead) }
    try engine.take(late)
    for _ in 0..<60 { try await engine.step(seconds: 2) }
    let order = engine.gateway.sent.map(\.contact.text).filter { !before.contains($0) }
    let firstLate = order.firstIndex { $0.count > "welcome/L999".count } ?? order.count
    #expect(firstLate + before.count >= 50, "a newcomer was number \(firstLate + before.count)")
  }

  @Test func `an imported contact on a waitlist is not served before its step is due`() async throws {
    let engine = try engine("fallback", contacts: 1)
    var row = StoreScenario()
    row.lead(50, triggers: [])
    row.add(
      "enrolment",
      [
        ("tenant", .string("acme")), ("sequence", .string("welcome")), ("lead", .string("L50")),
        ("status", .string("waiting")), ("reason", .string("full")), ("waitlist", .string("fleet")),
        ("due_at", .string(TestInstance.start.advanced(bySeconds: 3600).rfc3339)),
        ("next_at", .string(TestInstance.start.advanced(bySeconds: 7200).rfc3339)),
      ])
    try engine.take(row)
    for _ in 0..<10 { #expect(try await engine.step(seconds: 300).queued <= 1) }
    #expect(try engine.contact("welcome/L50").status == .waiting)
    engine.clock.advance(seconds: 4200)
    #expect(try engine.decide().queued == 1)
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `an opt-out, a skip and an end take a contact off its waitlist`() async throws {
    let engine = try engine("fallback", contacts: 30)
    try await engine.step(seconds: 2)
    let waiting = try (1...30).filter { try engine.contact("welcome/L\($0)").status == .waiting }
    #expect(waiting.count == 10)
    _ = try engine.store.optOut(
      "L\(waiting[0])", of: TenantID("acme")!, reason: "test", actor: "test", at: engine.clock.now())
    for _ in 0..<30 { try await engine.step(seconds: 2) }
    #expect(engine.gateway.sent.count == 29)
    #expect(try engine.store.integrity().isSound)
  }
}
