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

  @Test func `800 are queued, none over 80, and 200 wait for the earliest possible capacity`() throws {
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
    #expect(contact.decisions.last?.until == TestInstance.start.advanced(bySeconds: 3600))
    // It stands on the fleet's waitlist, and is decided again after the policy's own bound at the latest.
    #expect(contact.nextAt == TestInstance.start.advanced(bySeconds: 7200))
  }

  @Test func `a policy's own bound on the wait comes first when it is shorter`() throws {
    let engine = try engine()
    try engine.decide()
    #expect(try engine.contact("welcome/L1000").nextAt == TestInstance.start.advanced(bySeconds: 900))
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
