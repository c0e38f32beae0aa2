import DryRun
import Policies
import Routing
import RoutingTestKit
import Testing

/// A contact's state and the changes that would help, as values: the basis of the sentences of `usher explain`.
struct ExplainStateTests {
  private static let acme = TenantID("acme")!

  private func engine(
    _ policy: String, device: String = "D1", gateway: FakeGateway = FakeGateway(), files: [String: String] = [:]
  ) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: policy)
    scenario.device("D1")
    scenario.device("D2", status: "offline")
    scenario.sequence(delays: [0, 3600])
    scenario.lead(1, device: device)
    return try TestInstance(scenario, files: files, gateway: gateway)
  }

  private func explanation(
    _ engine: TestInstance, contact: String? = "welcome/L1", decision: Int64? = nil, tenant: String? = nil
  ) throws -> ContactExplanation {
    let holds = try engine.store.holds()
    return try engine.store.readHistory { snapshot in
      let options = Explain.Options(
        tenant: tenant.map { TenantID($0)! }, contact: contact, decision: decision, now: engine.clock.now(),
        holds: holds)
      return try Explain(
        options: options,
        policies: { tenant in
          try snapshot.activeRevisions(of: tenant.key).map { CompiledPolicy.onRecord($0) }
        }
      ).run(on: snapshot)
    }
  }

  @Test func `scheduled, then due, with what the policies would decide`() async throws {
    let engine = try engine("fallback")
    try await engine.step(seconds: 60)
    let tenOClock = TestInstance.start.advanced(bySeconds: 3600)
    #expect(try explanation(engine).state == .scheduled(at: tenOClock))
    #expect(try explanation(engine).nextAt == tenOClock)
    engine.clock.set(tenOClock)
    let due = try explanation(engine)
    #expect(due.state == .due(since: tenOClock, waitedFor: nil))
    #expect(due.nextAt == tenOClock && due.present?.decision.outcome == .use)
  }

  @Test func `a wait lists what would end it: a device that comes online, and another assignment`() throws {
    let timed = """
      return { select = function(contact)
        if contact.device.can_accept_more then return use(contact.device, 'owner') end
        return wait('owner unavailable', 900)
      end }
      """
    let engine = try engine("timed", device: "D2", files: ["timed": timed])
    try engine.decide()
    engine.clock.advance(seconds: 60)
    let waiting = try explanation(engine)
    let until = TestInstance.start.advanced(bySeconds: 900)
    #expect(waiting.state == .waiting(until: until, reason: "owner unavailable"))
    #expect(
      waiting.changes == [
        .online(DeviceID("D2")!, goesTo: DeviceID("D2")!),
        .command("usher contact reassign welcome/L1 --tenant acme --to D1"),
      ])
    // The change listed by the explanation ends the wait.
    try engine.store.setDeviceStatus(
      DeviceID("D2")!, of: Self.acme, to: .online, reason: "t", actor: "ann", at: engine.clock.now())
    engine.clock.set(until)
    try engine.decide()
    #expect(
      try explanation(engine).state == .queued(on: DeviceID("D2")!, since: until, ahead: 0, hold: nil, returned: nil)
    )
  }

  @Test func `an explanation writes nothing`() throws {
    let engine = try engine("strict", device: "D2")
    try engine.decide()
    let before = try engine.store.read { try $0.lastLoggedChange() }
    let decisions = try engine.contact("welcome/L1").decisions.count
    _ = try explanation(engine)
    #expect(try engine.contact("welcome/L1").decisions.count == decisions)
    #expect(try engine.store.read { try $0.lastLoggedChange() } == before)
  }

  @Test func `a recorded decision is replayed, and has its number`() async throws {
    let engine = try engine("fallback")
    try await engine.step(seconds: 60)
    let number = try #require(try engine.contact("welcome/L1").decisions.first).number
    let past = try #require(try explanation(engine, contact: nil, decision: number).past)
    #expect(past.record?.number == number && past.record?.at == TestInstance.start && past.record?.isSame == true)
    #expect(past.decision.outcome == .use && past.decision.instructions > 0)
  }

  @Test(arguments: [
    (SendOutcome.unknown(reason: "timed out"), "unknown"), (.refused(reason: "no such number"), "failed"),
    (.accepted(gatewayID: nil), "scheduled"),
  ])
  func `a gateway's answer determines the contact's state`(outcome: SendOutcome, code: String) async throws {
    let engine = try engine("fallback", gateway: FakeGateway(outcome: { _ in outcome }))
    try await engine.step(seconds: 60)
    let explanation = try explanation(engine)
    #expect(explanation.state.code == code)
    #expect((explanation.nextAt == nil) == (code != "scheduled"))
  }

  @Test func `unknown names and an unknown tenant are refused`() throws {
    let engine = try engine("fallback")
    try engine.decide()
    #expect(throws: DryRun.UnknownTenant.self) { try explanation(engine, tenant: "nobody") }
    #expect(throws: Explain.NotOneContact.self) { try explanation(engine, contact: "welcome/L9") }
    #expect(throws: Explain.NoRecord.self) { try explanation(engine, contact: nil, decision: 999) }
  }
}
