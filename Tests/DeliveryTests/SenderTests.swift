import Delivery
import Routing
import RoutingTestKit
import StoreSQL
import StoreSQLite
import Testing

struct SenderTests {
  private func scenario(gateway: String? = nil) -> StoreScenario {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1")
    if let gateway {
      scenario.add("device", [("tenant", "acme"), ("id", "D1"), ("gateway", .string(gateway))])
    }
    scenario.sequence()
    for lead in 1...10 { scenario.lead(lead, device: "D1") }
    return scenario
  }

  @Test(arguments: [
    (AttemptStatus.accepted(gatewayID: "g"), MessageStatus.sent, 0), (.neverReceived, .sent, 10),
    (.cannotTell, .unknown, 0),
  ])
  func `claims of a dead process are resolved by the gateway's records`(
    consideration: AttemptStatus, status: MessageStatus, sentAgain: Int
  ) async throws {
    let engine = try TestInstance(scenario())
    try engine.decide()
    let claimed = try engine.store.claim(
      limit: 100, at: engine.clock.now(), leaseUntil: engine.clock.now().advanced(bySeconds: 60), epoch: engine.epoch,
      draw: { _ in 0 })
    #expect(claimed.count == 10)
    // The next process becomes the leader.
    let epoch = try engine.store.becomeLeader(processID: 2, at: engine.clock.now())
    let gateway = FakeGateway(consideration: { _ in consideration })
    let sender = Sender(store: engine.store, gateways: ["log": gateway], epoch: epoch, clock: engine.clock)
    _ = try await sender.recover()
    _ = try await sender.run()
    #expect(gateway.sent.count == sentAgain)
    for lead in 1...10 { #expect(try engine.contact("welcome/L\(lead)").messages.map(\.status) == [status]) }
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `a device without its gateway pauses and keeps its messages`() async throws {
    let engine = try TestInstance(scenario(gateway: "pigeon"))
    try engine.decide()
    let counts = try await engine.send()
    #expect(counts.returned == 10)
    #expect(engine.gateway.sent.isEmpty)
    let line = try #require(try engine.store.devices(at: engine.clock.now()).lines.first)
    #expect(line.unavailableBecause == "paused until 2026-11-22T09:05:00Z")
    #expect(line.sums.queued == 10)
  }

  @Test func `a fault of the device pauses it and never fails the message (I-39)`() async throws {
    let engine = try TestInstance(
      scenario(), gateway: FakeGateway(outcome: { _ in .deviceFault(reason: "logged out", pauseSeconds: 600) }))
    try await engine.step(seconds: 60)
    try await engine.step(seconds: 60)
    let asked = engine.gateway.sent.count
    #expect(asked <= 10, "a paused device is not asked again")
    engine.gateway.answer { _ in .accepted(gatewayID: nil) }
    try await engine.step(seconds: 60)
    #expect(engine.gateway.sent.count == asked)
    engine.clock.advance(seconds: 600)
    try await engine.step(seconds: 60)
    for lead in 1...10 { #expect(try engine.contact("welcome/L\(lead)").messages.map(\.status) == [.sent]) }
  }

  @Test func `a rejected recipient fails only its own message`() async throws {
    let engine = try TestInstance(
      scenario(),
      gateway: FakeGateway(outcome: {
        $0.contact.text == "welcome/L3" ? .refused(reason: "no such number") : .accepted(gatewayID: nil)
      }))
    let report = try await engine.step(seconds: 60)
    #expect(report.sent == 9 && report.failed == 1)
    let contact = try engine.contact("welcome/L3")
    #expect(contact.status == .failed)
    #expect(contact.messages.map(\.error) == ["no such number"])
  }

  @Test func `a message that could not be sent is tried in the next round, not in the same one`() async throws {
    let engine = try TestInstance(scenario(), gateway: FakeGateway(outcome: { _ in .notSent(reason: "no line") }))
    try engine.decide()
    #expect(try await engine.send().returned == 10)
    #expect(engine.gateway.sent.count == 10)
  }
}
