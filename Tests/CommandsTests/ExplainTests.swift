import DryRun
import Operations
import Policies
import Routing
import RoutingTestKit
import StoreSQL
import StoreSQLite
import Testing
import Wire

@testable import Representations

/// The state of a contact in sentences: each kind of state, the next event, and what would change it.
struct ExplainTests {
  private func engine(
    policy: String = "fallback", gateway: FakeGateway = FakeGateway(), files: [String: String] = [:],
    _ more: (inout StoreScenario) -> Void
  ) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: policy)
    more(&scenario)
    return try TestInstance(scenario, files: files, gateway: gateway)
  }

  /// Policies whose waits end at a time, under the names of shipped ones, which wait for capacity.
  private static let timed = [
    "strict": """
    return { name = 'strict', select = function(contact, fleet)
      local own = contact.device
      if own.can_accept_more then return use(own, 'owner') end
      return wait('owner unavailable', 900)
    end }
    """,
    "fallback": """
    return { name = 'fallback', select = function(contact, fleet)
      local other = fleet:least_loaded()
      if other then return use(other, 'owner unavailable') end
      return wait('no device can accept more', 900)
    end }
    """,
  ]

  /// Two devices, the second one offline, a sequence of two steps, one lead of the first device.
  private func simple(
    policy: String = "fallback", gateway: FakeGateway = FakeGateway(), device: String = "D1",
    files: [String: String] = [:]
  ) throws -> TestInstance {
    try engine(policy: policy, gateway: gateway, files: files) {
      $0.device("D1")
      $0.device("D2", status: "offline")
      $0.sequence(delays: [0, 3600])
      $0.lead(1, device: device)
    }
  }

  private func explanation(_ engine: TestInstance, _ contact: String? = "welcome/L1", decision: Int64? = nil) throws
    -> ContactExplanation
  {
    try engine.store.readHistory { snapshot in
      try Explain(options: .init(contact: contact, decision: decision, now: engine.clock.now())) { tenant in
        let policies = try snapshot.activeRevisions(of: tenant.key).map { CompiledPolicy.onRecord($0) }
        return policies
      }.run(on: snapshot)
    }
  }

  private func words(_ engine: TestInstance) throws -> ExplainText { ExplainText(try explanation(engine)) }
  private func json(_ engine: TestInstance) throws -> JSONValue {
    try JSONParser.parse(Array(ExplainReport(try explanation(engine)).text(.json).utf8))
  }

  // MARK: - States

  @Test func `a step that is not due yet is explained`() async throws {
    let engine = try simple()
    try await engine.step(seconds: 60)
    let words = try words(engine)
    #expect(words.state == "Step 2 of 2 becomes due at 10:00 UTC.")
    #expect(words.next == "The first cycle from 10:00 UTC on decides it.")
  }

  @Test func `a step that is due is explained`() async throws {
    let engine = try simple()
    try await engine.step(seconds: 3660)
    let explanation = try explanation(engine)
    #expect(ExplainText(explanation).state == "Step 2 of 2 has been due since 10:00 UTC.")
    #expect(ExplainText(explanation).next == "The next cycle decides it.")
    #expect(explanation.decided?.decision.outcome == .use && explanation.decided?.record == nil)
  }

  @Test func `a waiting contact is explained with its time and what would change it`() throws {
    let engine = try simple(policy: "strict", device: "D2", files: Self.timed)
    try engine.decide()
    engine.clock.advance(seconds: 60)
    let explanation = try explanation(engine)
    let words = ExplainText(explanation)
    #expect(words.state == "Step 1 of 2 waits until 09:15 UTC: owner unavailable.")
    #expect(
      words.next == "It is decided again at 09:15 UTC, or earlier if the cause of the wait ends. "
        + "In the present state it would then wait again.")
    #expect(
      explanation.changes.map(words.sentence) == [
        "D2 comes online: it would then go to D2", "usher contact reassign welcome/L1 --tenant acme --to D1",
      ])
    engine.clock.advance(seconds: 900)
    #expect(
      try self.words(engine).state == "Step 1 of 2 waited until 09:15 UTC: owner unavailable. It is due.")
  }

  @Test func `the time when a full device has capacity again is when sending continues`() async throws {
    let engine = try engine(files: Self.timed) {
      $0.device("D1", hour: 1)
      $0.device("D2", hour: 1, pace: [0, 0])
      $0.sequence(delays: [0])
      for lead in 1...3 { $0.lead(lead, device: "D1") }
    }
    try await engine.step(seconds: 60)
    let explanation = try explanation(engine, "welcome/L3")
    let words = ExplainText(explanation)
    #expect(words.state == "Step 1 of 1 is 1st on the waitlist of the fleet: no device can accept more.")
    #expect(explanation.changes.map(words.sentence) == ["D1 has capacity again at 10:00 UTC: it would then go to D1"])
    #expect(
      words.considerations(try #require(explanation.decided)).map(\.sentence)
        == Array(repeating: "1 of 1 this hour, free again at 10:00 UTC", count: 2))
  }

  @Test func `a failing policy and a suspended one are explained`() throws {
    let scenario: (inout StoreScenario) -> Void = {
      $0.device("D1")
      $0.sequence(delays: [0])
      $0.lead(1, device: "D1")
    }
    let source = "return { name = 'bad', select = function(contact) return contact.devise end }"
    // Files of the rules folder are checked before they are accepted, so the check must not find the fault.
    let hidden = source.replacing("contact.devise", with: "contact['dev' .. 'ise']")
    let engine = try engine(policy: "bad", files: ["bad": hidden], scenario)
    try engine.decide()
    let explanation = try explanation(engine)
    let words = ExplainText(explanation)
    #expect(words.state.hasPrefix("Step 1 of 1 waits until 09:01 UTC: runtime fault in bad, line 1: "))
    #expect(
      words.decision(try #require(explanation.decided)).contains(
        "After a fault nothing is sent or skipped; the contact is decided again a minute later."))
    #expect(
      explanation.changes.map(words.sentence) == [
        "the data that it fails on are corrected with `usher import`, the policy 'bad' is fixed, or its parameters change"
      ])
  }

  @Test func `a message on an offline device is explained`() throws {
    let engine = try simple(policy: "assigned", device: "D2")
    engine.clock.advance(seconds: -1140)
    try engine.store.setDeviceStatus(
      DeviceID("D2")!, of: TenantID("acme")!, to: .online, reason: "t", actor: "me", at: engine.clock.now())
    try engine.store.setDeviceStatus(
      DeviceID("D2")!, of: TenantID("acme")!, to: .offline, reason: "t", actor: "me", at: engine.clock.now())
    engine.clock.advance(seconds: 1140)
    try engine.decide()
    engine.clock.advance(seconds: 60)
    let explanation = try explanation(engine)
    let words = ExplainText(explanation)
    #expect(
      words.state
        == "The message of step 1 of 2 has been queued on D2 since 09:00 UTC, first in the queue. "
        + "The device cannot send now: offline since 08:41 UTC.")
    #expect(words.next == "It is sent when the device can send again; that time is unknown.")
    #expect(
      explanation.changes.map(words.sentence) == [
        "D2 comes online", "usher contact reassign welcome/L1 --tenant acme --to D1",
      ])
    let decided = try #require(explanation.decided)
    #expect(decided.record?.isSame == true)
    #expect(
      words.considerations(decided).map(\.sentence) == [
        "not considered: the policy chose the assigned device D2 first",
        "owner; it cannot send now (offline since 08:41 UTC), so the message waits in its queue",
      ])
  }

  @Test func `a message on a device that is paused, paced or full is explained`() async throws {
    let engine = try engine(policy: "assigned") {
      $0.device("D1", hour: 2, pace: [30, 30])
      $0.sequence(delays: [0])
      for lead in 1...4 { $0.lead(lead, device: "D1") }
    }
    try await engine.step(seconds: 10)
    #expect(
      ExplainText(try explanation(engine, "welcome/L3")).state
        == "The message of step 1 of 1 has been queued on D1 since 09:00 UTC, behind 1 other. The device cannot send now: "
        + "its pace allows the next message at 09:00:30 UTC.")
    engine.clock.advance(seconds: 50)
    try await engine.step(seconds: 60)
    let full = try explanation(engine, "welcome/L4")
    #expect(
      ExplainText(full).state.hasSuffix("The device cannot send now: 2 of 2 this hour, free again at 10:00 UTC."))
    #expect(ExplainText(full).next == "It can be sent from 10:00 UTC on, in the order of the queue.")
    try engine.store.pauseDevice(
      DeviceID("D1")!, of: TenantID("acme")!, until: Instant(rfc3339: "2026-11-22T12:00:00Z")!,
      reason: "number under review", actor: "me", at: engine.clock.now())
    let paused = try explanation(engine, "welcome/L4")
    #expect(
      ExplainText(paused).state.hasSuffix(
        "The device cannot send now: paused until 12:00 UTC (number under review)."))
    #expect(paused.changes == [.command("usher device resume D1 --tenant acme")])
  }

  @Test(arguments: [
    (
      SendOutcome.unknown(reason: "timed out"), "unknown",
      "The message of step 1 of 2 left D1 at 09:00 UTC, and it is unknown whether it arrived: timed out.",
      "Nothing happens automatically. A retry may deliver the message twice."
    ),
    (
      .refused(reason: "no such number"), "failed", "Step 1 of 2 failed at 09:00 UTC: no such number.",
      "Nothing happens automatically."
    ),
  ])
  func `a message that the gateway rejected is explained`(
    outcome: SendOutcome, code: String, state: String, next: String
  ) async throws {
    let engine = try simple(gateway: FakeGateway(outcome: { _ in outcome }))
    try await engine.step(seconds: 60)
    let explanation = try explanation(engine)
    #expect(explanation.state.code == code)
    #expect(ExplainText(explanation).state == state)
    #expect(ExplainText(explanation).next == next)
    #expect(explanation.changes == [.command("usher contact retry welcome/L1 --tenant acme")])
    #expect(explanation.decided?.decision.resolution.device == 0)
  }

  @Test func `completed, opted-out and paused contacts are explained`() async throws {
    let engine = try engine {
      $0.device("D1")
      $0.sequence(delays: [0])
      $0.lead(1, device: "D1")
    }
    try await engine.step(seconds: 60)
    #expect(try words(engine).state == "It was completed at 09:00 UTC, after step 1 of 1.")
    #expect(try words(engine).next == "Nothing more.")

    let other = try simple()
    try await other.step(seconds: 60)
    let paused = #"{"type":"sequence","tenant":"acme","id":"welcome","status":"paused"}"#
    _ = try other.store.importFile(ByteSource(Array(paused.utf8)), ImportOptions(now: other.clock.now()))
    #expect(
      try words(other).state
        == "Step 2 of 2 becomes due at 10:00 UTC. The sequence 'welcome' is paused: its steps are neither decided nor sent."
    )
    #expect(try words(other).next == "Nothing, until the sequence becomes active.")
    #expect(try explanation(other).changes == [.sequenceActive])
    _ = try other.store.optOut("L1", of: TenantID("acme")!, actor: "me", at: other.clock.now())
    #expect(try words(other).state.hasPrefix("It was cancelled at 09:01 UTC, at step 2 of 2: "))
    #expect(try explanation(other).present == nil)
  }

  // MARK: - Past decisions

  @Test func `a recorded decision is explained as it was made, whatever changed later`() async throws {
    let engine = try engine {
      $0.device("D1", hour: 1)
      $0.device("D2", hour: 10)
      $0.device("D3", hour: 10)
      $0.sequence(delays: [0, 60])
      for lead in 1...3 { $0.lead(lead, device: "D1") }
    }
    try await engine.step(seconds: 3600)
    try engine.store.pauseDevice(
      DeviceID("D2")!, of: TenantID("acme")!, until: .latest, reason: "t", actor: "me", at: engine.clock.now())
    let first = try #require(try explanation(engine, "welcome/L3").contact.decisions.last)
    let decided = try explanation(engine, nil, decision: first.number)
    #expect(decided.contact.id.text == "welcome/L3")
    let past = try #require(decided.past)
    #expect(past.record?.number == first.number && past.record?.at == TestInstance.start && past.record?.isSame == true)
    let words = ExplainText(decided)
    #expect(
      words.considerations(past).map(\.sentence) == [
        "1 of 1 this hour, 1 of them unsent, free again at 10:00 UTC", "load 0.10; D3 had 0.00",
        "owner unavailable",
      ])
    #expect(throws: Explain.NoRecord.self) { try explanation(engine, nil, decision: 999) }
    #expect(throws: Explain.NoRecord.self) { try explanation(engine, "welcome/L1", decision: first.number) }
  }

  @Test func `a decided waitlist is explained with its latest time`() throws {
    let source = """
      return { select = function(contact, fleet)
        if contact.step == 1 then return wait_for(contact.device, 'full', 3600) end
        return wait_for({ tag = 'vip' }, 'full', 60)
      end }
      """
    let engine = try engine(policy: "queueing", files: ["queueing": source]) {
      $0.device("D1")
      $0.sequence()
      $0.lead(1, device: "D1")
    }
    try engine.decide()
    let explanation = try explanation(engine)
    let words = ExplainText(explanation)
    #expect(
      words.lastDecision?.contains(
        " put step 1 on the waitlist of D1: full (decision 1).")
        == true)
    let decided = try #require(explanation.decided)
    #expect(words.decision(decided)[0].contains("put it on the waitlist of D1 until 10:00 UTC at the latest: full"))
    let json = try json(engine)
    #expect(json["last_decision"]["waitlist"]["device"] == "D1")
    #expect(json["decision"]["waitlist"]["device"] == "D1")
    let made = ExplainText(try self.explanation(engine, nil, decision: 1))
    let record = try #require(try self.explanation(engine, nil, decision: 1).decided)
    #expect(made.decision(record)[0].contains("decided to put it on the waitlist of D1 until 10:00 UTC at the latest"))
  }

  // MARK: - Formats

  @Test func `JSON contains the facts of the sentences`() throws {
    let engine = try simple(policy: "strict", device: "D2", files: Self.timed)
    try engine.decide()
    let explanation = try explanation(engine)
    let (words, json) = (ExplainText(explanation), try json(engine))
    #expect(
      json.keys == [
        "now", "tenant", "time_zone", "contact", "state", "last_decision", "recorded", "decision", "policies",
        "read",
        "queries", "is_complete", "devices", "next", "changes", "hold",
      ])
    #expect(json["state"]["sentence"].text == words.state)
    #expect(json["state"]["until"] == "2026-11-22T09:15:00Z")
    // `code` is the code of the state, so that of the reason has another name.
    #expect(
      json["state"].keys == [
        "code", "sentence", "device", "since", "until", "ahead", "reason", "reason_code", "waitlist", "position",
        "per_hour", "served_at",
      ])
    #expect(json["state"]["code"] == "waiting" && json["state"]["reason_code"] == .null)
    #expect(json["next"]["sentence"].text == words.next)
    #expect(json["next"]["at"] == "2026-11-22T09:15:00Z")
    #expect(json["changes"].items.map { $0["sentence"].text } == explanation.changes.map(words.sentence))
    #expect(json["decision"].keys == DecideCommandTests.keys)
    #expect(json["read"].items.map { $0["name"] } == ["contact.device", "D2.can_accept_more"])
    #expect(json["read"].items.map { $0["value"] } == ["D2", "false"])
    let decided = try #require(explanation.decided)
    #expect(json["devices"].items.map { $0["reason"].text } == words.considerations(decided).map(\.sentence))
    #expect(json["devices"].items.map { $0["code"] } == ["not_looked_at", "offline"])
    let table = ExplainReport(explanation).text(.table)
    for sentence in [words.state, words.next] + explanation.changes.map(words.sentence) {
      #expect(table.contains(sentence))
    }
    for (_, sentence) in words.considerations(decided) { #expect(table.contains(sentence)) }
  }

  @Test func `times are in UTC and in the tenant's zone`() {
    let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!
    let utc = TimeText(now: now, zone: "UTC")
    #expect(utc.text(now) == "09:00 UTC")
    #expect(utc.text(now.advanced(byMilliseconds: 5250)) == "09:00:05 UTC")
    #expect(utc.text(now.advanced(bySeconds: 86_400)) == "2026-11-23 09:00 UTC")
    let there = TimeText(now: now, zone: "Asia/Kuala_Lumpur")
    #expect(there.text(now) == "09:00 UTC (17:00 +08:00)")
    #expect(there.text(now.advanced(bySeconds: 36_000)) == "19:00 UTC (2026-11-23 03:00 +08:00)")
    #expect(there.full(now) == "2026-11-22 09:00 UTC (17:00 +08:00)")
    #expect(TimeText(now: now, zone: "America/St_Johns").text(now) == "09:00 UTC (05:30 -03:30)")
    #expect(TimeText(now: now, zone: "Nowhere/At_All").text(now) == "09:00 UTC")
  }
}
