import Routing
import RoutingTestKit
import Testing

/// 1,000 due contacts, ten devices with 80 an hour, `fallback`.
struct CapacityTests {
  private func engine(maxWait: Int64? = nil) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "fallback", parameters: maxWait.map { [("max_wait", .integer($0))] } ?? [])
    for device in 1...10 { scenario.device("D\(device)", hour: 80) }
    scenario.sequence()
    for lead in 1...1000 { scenario.lead(lead, device: "D\(lead % 10 + 1)") }
    return try TestInstance(scenario)
  }

  @Test func `800 are queued, none over 80, and 200 wait for capacity`() throws {
    let engine = try engine(maxWait: 7200)
    let report = try engine.decide()
    #expect(report.decided == 1000)
    #expect(report.queued == 800)
    #expect(report.waiting == 200)
    #expect(
      try engine.store.devices(at: engine.clock.now()).lines.map(\.sums.queued) == Array(repeating: 80, count: 10))
    // 80 messages sent at once fill the hour from now on: nothing can accept more before it is over.
    let contact = try engine.contact("welcome/L1000")
    #expect(contact.status == .waiting)
    #expect(contact.reason == "no device can accept more")
    let lines = String(decoding: try engine.store.exportedBytes(), as: UTF8.self).split(separator: "\n")
    #expect(lines.count { $0.contains(#""capacity_at":"2026-11-22T10:00:00Z""#) } == 200)
    // It stands on the fleet's waitlist, and is decided again after the policy's own bound at the latest. Such times are
    // spread, so that not all waits end at once.
    let until = TestInstance.start.advanced(bySeconds: 7200)
    #expect(contact.decisions.last?.until == until && contact.decisions.last?.waitlist == .fleet)
    #expect(contact.nextAt == WaitlistTimes.end(of: contact.id, until: until, now: TestInstance.start))
  }

  @Test func `a policy's own bound on the wait comes first when it is shorter`() throws {
    let engine = try engine(maxWait: 900)
    try engine.decide()
    let contact = try engine.contact("welcome/L1000")
    let until = TestInstance.start.advanced(bySeconds: 900)
    #expect(contact.decisions.last?.until == until)
    #expect(contact.nextAt == WaitlistTimes.end(of: contact.id, until: until, now: TestInstance.start))
  }

  @Test func `the same happens on every run`() throws {
    let (first, second) = (try engine(), try engine())
    try first.decide()
    try second.decide()
    #expect(try first.store.exportedBytes() == second.store.exportedBytes())
  }

  @Test func `waiting contacts are sent to within the next hours, 80 per hour and device`() async throws {
    let engine = try engine()
    for _ in 0..<(3 * 60) { try await engine.step(seconds: 60) }
    #expect(engine.gateway.sent.count == 1000)
    #expect(try engine.store.integrity().isSound)
  }
}
