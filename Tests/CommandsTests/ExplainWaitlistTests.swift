import DryRun
import Policies
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import Representations

/// What `usher explain` says about contacts on waitlists: place, estimate and latest time.
struct ExplainWaitlistTests {
  private let acme = TenantID("acme")!

  /// Contacts of D1 wait for it, as under `strict`.
  private static let source = """
    return { name = 'queueing', select = function(contact, fleet)
      if contact.device.can_accept_more then return use(contact.device, 'owner') end
      return wait_for(contact.device, 'owner unavailable', 7200)
    end }
    """

  /// Six leads of D1, which may send two messages an hour, and more in another sequence.
  private func instance(others: Int = 0) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "queueing")
    scenario.device("D1", hour: 2, pace: [0, 0])
    scenario.device("D2")
    scenario.sequence(delays: [0])
    scenario.sequence("promo", trigger: "PROMO", delays: [0])
    for lead in 1...6 { scenario.lead(lead, device: "D1") }
    for lead in 7..<7 + others { scenario.lead(lead, device: "D1", triggers: ["PROMO"]) }
    return try TestInstance(scenario, files: ["queueing": Self.source], gateway: FakeGateway())
  }

  private func explanation(_ instance: TestInstance, _ contact: String) throws -> ContactExplanation {
    try instance.store.readHistory { snapshot in
      try Explain(options: .init(contact: contact, now: instance.clock.now())) { tenant in
        try snapshot.activeRevisions(of: tenant.key).map { CompiledPolicy.onRecord($0) }
      }.run(on: snapshot)
    }
  }

  private func state(_ explanation: ContactExplanation) throws -> JSONValue {
    try JSONParser.parse(Array(ExplainReport(explanation).text(.json).utf8))["state"]
  }

  @Test func `a contact on a waitlist has its position and an estimate`() async throws {
    let instance = try instance()
    try await instance.step(seconds: 60)
    let third = try explanation(instance, "welcome/L5")
    let words = ExplainText(third)
    #expect(words.state == "Step 1 of 1 is 3rd on the waitlist of D1: owner unavailable.")
    #expect(words.next.hasPrefix("At 2 an hour it is served at about 11:00 UTC. It is decided again at "))
    #expect(words.next.hasSuffix(" at the latest."))
    let state = try state(third)
    #expect(state["waitlist"]["device"] == "D1" && state["position"] == .integer(3))
    #expect(state["per_hour"] == .integer(2) || state["per_hour"] == .number(2))
    #expect(state["served_at"] == "2026-11-22T11:00:00Z")
    let first = try explanation(instance, "welcome/L3")
    #expect(first.place == WaitlistPlace(waitlist: .device(DeviceID("D1")!), position: 1))
    #expect(ExplainText(first).next.hasPrefix("At 2 an hour it is served at about 10:00 UTC. "))
  }

  @Test func `contacts are served in the order of their positions`() async throws {
    let instance = try instance()
    try await instance.step(seconds: 3600)
    #expect(try explanation(instance, "welcome/L4").place?.position == 2)
    try await instance.step(seconds: 60)
    #expect(try explanation(instance, "welcome/L4").place == nil)
    #expect(try explanation(instance, "welcome/L5").place?.position == 1)
    #expect(try explanation(instance, "welcome/L6").place?.position == 2)
  }

  @Test func `capacity that exists is named`() async throws {
    let instance = try instance()
    try await instance.step(seconds: 3600)
    let words = ExplainText(try explanation(instance, "welcome/L3"))
    #expect(
      words.next == "The waitlist has capacity for it: the next cycle decides it. "
        + "In the present state the policy would then queue it on D1.")
  }

  @Test func `a device that does not send gives no estimate, but the reason`() async throws {
    let instance = try instance()
    try await instance.step(seconds: 60)
    try instance.store.pauseDevice(
      DeviceID("D1")!, of: acme, until: Instant(rfc3339: "2026-11-22T12:00:00Z")!, reason: "number under review",
      actor: "me", at: instance.clock.now())
    let paused = ExplainText(try explanation(instance, "welcome/L6"))
    #expect(paused.state.hasPrefix("Step 1 of 1 is 4th on the waitlist of D1: "))
    #expect(
      paused.next.hasPrefix(
        "It is not served before the pause ends: D1 is paused until 12:00 UTC (number under review). "
          + "It is decided again at "))
    #expect(try state(try explanation(instance, "welcome/L6"))["served_at"] == .null)
    let first = try explanation(instance, "welcome/L3")
    #expect(
      first.changes.map(ExplainText(first).sentence) == [
        "the pause of D1 ends at 12:00 UTC: it would then go to D1",
        "usher contact reassign welcome/L3 --tenant acme --to D2",
      ])
  }

  @Test func `a paused device is resumed by a command that continues the contact`() async throws {
    let instance = try instance()
    try instance.store.pauseDevice(
      DeviceID("D1")!, of: acme, until: Instant(rfc3339: "2026-11-22T12:00:00Z")!, reason: "number under review",
      actor: "me", at: instance.clock.now())
    try instance.decide()
    let waiting = try explanation(instance, "welcome/L1")
    #expect(waiting.changes.contains(.command("usher device resume D1 --tenant acme")))
    try instance.store.resumeDevice(DeviceID("D1")!, of: acme, actor: "me", at: instance.clock.now())
    try instance.decide()
    #expect(try instance.contact("welcome/L1").status == .queued)
  }

  @Test func `contacts that stand before it come first`() async throws {
    let instance = try instance()
    try await instance.step(seconds: 60)
    let (first, third) = (try explanation(instance, "welcome/L3"), try explanation(instance, "welcome/L5"))
    #expect(
      first.changes.map(ExplainText(first).sentence).first
        == "D1 has capacity again at 10:00 UTC: it would then go to D1")
    #expect(
      third.changes.map(ExplainText(third).sentence).first
        == "D1 has capacity again at 10:00 UTC: when it is its turn, it would go to D1")
    // The only latest time is that of what happens next.
    #expect(ExplainText(third).lastDecision?.contains(" put step 1 on the waitlist of D1: owner unavailable") == true)
    let offline = try #require(try state(third)["until"].text.flatMap(Instant.init(rfc3339:)))
    #expect(
      ExplainText(third).next.contains(
        "It is decided again at \(TimeText(now: third.now, zone: "UTC").text(offline)) at the latest."))
  }

  @Test func `a contact of an inactive sequence has no position, and only the sequence continues it`() async throws {
    let instance = try instance(others: 3)
    try await instance.step(seconds: 60)
    let paused = #"{"type":"sequence","tenant":"acme","id":"welcome","status":"paused"}"#
    _ = try instance.store.importFile(ByteSource(Array(paused.utf8)), ImportOptions(now: instance.clock.now()))
    let waiting = try explanation(instance, "welcome/L3")
    #expect(
      ExplainText(waiting).state.hasPrefix("Step 1 of 1 is on the waitlist of D1: owner unavailable. The sequence "))
    #expect(waiting.changes == [.sequenceActive])
    let json = try state(waiting)
    #expect(json["waitlist"]["device"] == "D1" && json["position"] == .null && json["served_at"] == .null)
  }

  @Test func `contacts of paused sequences are not counted`() async throws {
    let instance = try instance(others: 3)
    try await instance.step(seconds: 60)
    #expect(try explanation(instance, "promo/L9").place?.position == 7)
    let paused = #"{"type":"sequence","tenant":"acme","id":"welcome","status":"paused"}"#
    _ = try instance.store.importFile(ByteSource(Array(paused.utf8)), ImportOptions(now: instance.clock.now()))
    #expect(try explanation(instance, "promo/L9").place?.position == 3)
  }

  @Test(arguments: [
    (1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (113, "113th"), (412, "412th"),
  ])
  func `positions are ordinals`(number: Int, text: String) { #expect(WaitlistText.ordinal(number) == text) }

  @Test(arguments: [
    (80.0, "80 an hour"), (2.5, "2.5 an hour"), (1, "1 an hour"), (0.5, "12 a day"), (119.6, "120 an hour"),
  ])
  func `rates are in hours, or in days if they are low`(perHour: Double, text: String) {
    #expect(WaitlistText.rate(perHour) == text)
  }
}
