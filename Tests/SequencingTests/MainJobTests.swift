import Routing
import RoutingTestKit
import Sequencing
import Stores
import Testing

/// What the engine does with a contact from trigger to completion, over a real store. The codes in parentheses are the
/// incidents of the field notes that each fact makes impossible.
struct MainJobTests {
  @Test func `a contact walks through its sequence, each step its delay after the one before was sent (I-24, I-32)`()
    async throws
  {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1")
    scenario.sequence(delays: [60, 3600, 0])
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(scenario)
    try await engine.step(seconds: 59)
    #expect(engine.gateway.sent.isEmpty, "the first step is due 60 s after the enrolment")
    try await engine.step(seconds: 1)
    try await engine.step(seconds: 600)
    #expect(engine.gateway.sent.map(\.step) == [1])
    let sentAt = try #require(try engine.contact("welcome/L1").messages.first?.sentAt)
    #expect(sentAt == TestInstance.start.advanced(bySeconds: 60))
    #expect(try engine.contact("welcome/L1").dueAt == sentAt.advanced(bySeconds: 3600))
    for _ in 0..<60 { try await engine.step(seconds: 60) }
    #expect(engine.gateway.sent.map(\.step) == [1, 2, 3])
    #expect(try engine.contact("welcome/L1").status == .completed)
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `a message waits for its device, and the contact does not move on until it was sent (I-38, I-43)`()
    async throws
  {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1", status: "offline")
    scenario.sequence(delays: [0, 0])
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(scenario)
    for _ in 0..<10 { try await engine.step(seconds: 3600) }
    let waiting = try engine.contact("welcome/L1")
    #expect(waiting.status == .queued)
    #expect(waiting.step == 1)
    #expect(waiting.messages.map(\.status) == [.pending])
    #expect(engine.gateway.sent.isEmpty)
    try engine.store.setDeviceStatus(
      DeviceID("D1")!, of: TenantID("acme")!, to: .online, reason: "test", actor: "test", at: engine.clock.now())
    for _ in 0..<3 { try await engine.step(seconds: 1) }
    #expect(engine.gateway.sent.map(\.step) == [1, 2])
    #expect(try engine.contact("welcome/L1").status == .completed)
  }

  @Test func `a message is sent only from the device of its decision, under every policy (I-01)`() async throws {
    for policy in ["assigned", "fallback", "reassign", "strict", "least_loaded"] {
      var scenario = StoreScenario()
      scenario.tenant("acme", policy: policy)
      scenario.device("D1", hour: 3)
      scenario.device("D2", status: "offline")
      scenario.device("D3")
      scenario.sequence(delays: [0, 60])
      for lead in 1...12 { scenario.lead(lead, device: "D\(lead % 3 + 1)") }
      let engine = try TestInstance(scenario)
      for _ in 0..<20 { try await engine.step(seconds: 600) }
      for message in engine.gateway.sent {
        let contact = try engine.contact(message.contact.text)
        let decision = try #require(
          contact.decisions.first { $0.step == message.step && ($0.outcome == .use || $0.outcome == .move) })
        #expect(decision.device == message.device, "\(policy)")
      }
      #expect(try engine.store.mismatches(since: nil, tenant: nil).counts[.mismatch] ?? 0 == 0, "\(policy)")
      #expect(try engine.store.integrity().isSound, "\(policy)")
    }
  }

  @Test func `a contact without a device waits for a recorded reason (I-02, I-06)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1)
    let engine = try TestInstance(scenario)
    let report = try await engine.step(seconds: 1)
    #expect(report.waiting == 1)
    let contact = try engine.contact("welcome/L1")
    #expect(contact.status == .waiting)
    #expect(contact.reason == "no assigned device")
    #expect(contact.nextAt == TestInstance.start.advanced(bySeconds: 3600))
    #expect(try engine.store.devices(at: engine.clock.now()).unassignedContacts == 1)
  }

  @Test func `contacts whose device cannot send do not delay those behind them (I-06)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "strict")
    scenario.device("D1", status: "offline")
    scenario.device("D2")
    scenario.sequence()
    for lead in 1...3000 { scenario.lead(lead, device: lead <= 2900 ? "D1" : "D2") }
    let engine = try TestInstance(scenario)
    let report = try engine.decide()
    #expect(report.decided == 3000)
    #expect(report.queued == 100)
    #expect(report.waiting == 2900)
    #expect(try engine.decide().decided == 0, "who waits is not asked again before its time")
  }

  @Test func `a policy cannot choose a device of another tenant (I-03, I-61)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policies: ["thief"])
    scenario.tenant("globex", policy: "assigned")
    scenario.device("D1", of: "acme")
    scenario.device("G1", of: "globex")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(
      scenario, files: ["thief": "return { select = function(contact, fleet) return use('G1', 'mine now') end }"])
    let report = try await engine.step(seconds: 1)
    #expect(report.faults == 1)
    #expect(engine.gateway.sent.isEmpty)
    let contact = try engine.contact("welcome/L1")
    #expect(
      contact.reason?.hasPrefix("device fault in thief, line 1: use: 'G1' is not a device of this fleet: contact")
        == true)
  }

  @Test func `each decision sees what the one before it queued (I-04)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "least_loaded")
    for device in 1...5 { scenario.device("D\(device)", hour: 100) }
    scenario.sequence()
    for lead in 1...200 { scenario.lead(lead) }
    let engine = try TestInstance(scenario)
    try engine.decide()
    #expect(try engine.store.devices(at: engine.clock.now()).lines.map(\.sums.queued) == [40, 40, 40, 40, 40])
  }

  @Test func `an assignment belongs to the enrolment and keeps its history (I-05)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "reassign")
    scenario.device("D1", status: "offline")
    scenario.device("D2")
    scenario.sequence(delays: [0, 60, 60])
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(scenario)
    for _ in 0..<4 { try await engine.step(seconds: 60) }
    let contact = try engine.contact("welcome/L1")
    #expect(contact.assignedDevice == DeviceID("D2"))
    #expect(Set(contact.messages.map(\.device)) == [DeviceID("D2")!])
    #expect(contact.assignments.map(\.device.text).sorted() == ["D1", "D2"])
  }

  @Test func `a step is one message however often it is processed, and a retry is the same message (I-12, I-14)`()
    async throws
  {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "fallback")
    scenario.device("D1")
    scenario.device("D2")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(
      scenario, gateway: FakeGateway(outcome: { _ in .deviceFault(reason: "logged out", pauseSeconds: 60) }))
    for _ in 0..<5 { try await engine.step(seconds: 61) }
    #expect(engine.gateway.sent.count > 1)
    engine.gateway.answer { .accepted(gatewayID: "\($0.key.raw)") }
    for _ in 0..<3 { try await engine.step(seconds: 61) }
    let contact = try engine.contact("welcome/L1")
    #expect(contact.messages.count == 1)
    #expect(contact.status == .completed)
  }

  @Test func `a timeout is not retried automatically (I-19)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1")
    scenario.sequence(delays: [0, 0])
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(
      scenario, gateway: FakeGateway(outcome: { _ in .unknown(reason: "no answer in 30 s") }))
    for _ in 0..<20 { try await engine.step(seconds: 600) }
    #expect(engine.gateway.sent.count == 1)
    #expect(try engine.contact("welcome/L1").messages.map(\.status) == [.unknown])
  }

  @Test func `a lead that finished a sequence is not enrolled again by the same trigger (I-23)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(scenario)
    try await engine.step(seconds: 60)
    _ = try engine.store.importFile(ByteSource(scenario.jsonLines), ImportOptions(now: engine.clock.now()))
    let report = try await engine.step(seconds: 60)
    #expect(report.enrolled == 0)
    #expect(engine.gateway.sent.count == 1)
  }

  @Test func `a trigger matches exactly, in its own tenant, and is consumed alone (I-49, I-50, I-51)`() async throws {
    var scenario = StoreScenario()
    for tenant in ["acme", "globex"] {
      scenario.tenant(tenant, policy: "assigned")
      scenario.device("D1", of: tenant)
    }
    scenario.sequence("new", of: "acme", trigger: "NEW")
    scenario.sequence("renew", of: "acme", trigger: "RENEW", status: "paused")
    scenario.lead(1, of: "acme", device: "D1", triggers: ["NEW", "RENEW", "NEWS"])
    scenario.lead(1, of: "globex", device: "D1", triggers: ["NEW"])
    let engine = try TestInstance(scenario)
    #expect(try await engine.step(seconds: 1).enrolled == 1)
    #expect(throws: OperatorError.self) { try engine.contact("new/L1", of: "globex") }
    #expect(throws: OperatorError.self) { try engine.contact("renew/L1") }
    _ = try engine.store.importFile(
      ByteSource(Array(#"{"type":"sequence","tenant":"acme","id":"renew","status":"active"}"#.utf8)),
      ImportOptions(now: engine.clock.now()))
    #expect(try await engine.step(seconds: 1).enrolled == 1, "the other trigger was still there")
  }

  @Test func `a message that was due long ago is still sent (I-29)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(scenario)
    engine.clock.advance(seconds: 40 * 86_400)
    try await engine.step(seconds: 1)
    #expect(engine.gateway.sent.count == 1)
  }

  @Test func `nothing is sent to a lead that opted out, whatever its state`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1", status: "offline")
    scenario.sequence("now")
    scenario.sequence("later", delays: [3600])
    scenario.lead(1, device: "D1", isOptedOut: true)
    scenario.lead(2, device: "D1")
    let engine = try TestInstance(scenario)
    try await engine.step(seconds: 1)
    #expect(throws: OperatorError.self) { try engine.contact("now/L1") }
    #expect(try engine.contact("now/L2").status == .queued)
    _ = try engine.store.optOut("L2", of: TenantID("acme")!, actor: "test", at: engine.clock.now())
    try engine.store.setDeviceStatus(
      DeviceID("D1")!, of: TenantID("acme")!, to: .online, reason: "test", actor: "test", at: engine.clock.now())
    for _ in 0..<5 { try await engine.step(seconds: 3600) }
    #expect(engine.gateway.sent.isEmpty)
    #expect(try engine.contact("now/L2").messages.map(\.status) == [.cancelled])
    #expect(try engine.contact("later/L2").status == .cancelled)
  }

  @Test func `a paused sequence sends nothing that was queued before (I-54)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(scenario)
    try engine.decide()
    let pause = { (status: String) in
      _ = try engine.store.importFile(
        ByteSource(Array(#"{"type":"sequence","tenant":"acme","id":"welcome","status":"\#(status)"}"#.utf8)),
        ImportOptions(now: engine.clock.now()))
    }
    try pause("paused")
    try await engine.send()
    #expect(engine.gateway.sent.isEmpty)
    try pause("active")
    try await engine.send()
    #expect(engine.gateway.sent.count == 1)
  }

  @Test func `an empty message is never sent (I-48)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1")
    scenario.sequence(content: "{name}")
    scenario.lead(1, device: "D1")
    scenario.lead(2, device: "D1", name: "Aina")
    let engine = try TestInstance(scenario)
    try await engine.step(seconds: 1)
    #expect(engine.gateway.sent.map(\.content) == ["Aina"])
    #expect(try engine.contact("welcome/L1").reason == "the step's text is empty for this contact")
  }

  @Test func `a device keeps its rate limits in every window, wherever it begins (I-67)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1", minute: 3, hour: 10, day: 25)
    scenario.sequence()
    for lead in 1...60 { scenario.lead(lead, device: "D1") }
    let engine = try TestInstance(scenario)
    var moments: [Int64] = []
    for _ in 0..<(36 * 60) {
      let before = engine.gateway.sent.count
      try await engine.step(seconds: 60 - 7)
      let sent = engine.gateway.sent.count - before
      moments += Array(repeating: engine.clock.now().milliseconds - 53_000, count: sent)
    }
    for (window, cap) in [(RecentSends.minute, 3), (RecentSends.hour, 10), (RecentSends.day, 25)] {
      for start in moments {
        #expect(moments.count { $0 >= start && $0 < start + window } <= cap)
      }
    }
    #expect(moments.count > 25, "the day rolls on")
  }

  @Test func `a device keeps its pace`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1", pace: [5, 15])
    scenario.sequence()
    for lead in 1...20 { scenario.lead(lead, device: "D1") }
    let engine = try TestInstance(scenario)
    var moments: [Int64] = []
    for second in 0..<400 {
      let before = engine.gateway.sent.count
      try await engine.step(seconds: 1)
      if engine.gateway.sent.count > before { moments.append(Int64(second)) }
    }
    #expect(moments.count == 20)
    let pauses = zip(moments.dropFirst(), moments).map { $0 - $1 }
    #expect(pauses.allSatisfy { (5...16).contains($0) }, "\(pauses)")
    #expect(Set(pauses).count > 3, "pauses are drawn, not fixed: \(pauses)")
  }

  @Test func `a policy that fails for one contact lets the others go on`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policies: ["picky"])
    scenario.device("D1")
    scenario.sequence()
    for lead in 1...10 { scenario.lead(lead, device: "D1", name: lead == 4 ? nil : "N\(lead)") }
    let engine = try TestInstance(
      scenario,
      files: [
        "picky": """
        return { select = function(contact, fleet)
          local initial = contact.name:sub(1, 1)
          return use(contact.device, initial)
        end }
        """
      ])
    let report = try await engine.step(seconds: 1)
    #expect(report.queued == 9)
    #expect(report.faults == 1)
    let contact = try engine.contact("welcome/L4")
    #expect(contact.reason?.hasPrefix("runtime fault in picky, line 2:") == true)
    #expect(contact.nextAt == TestInstance.start.advanced(bySeconds: Admission.faultRetrySeconds))
  }

  @Test func `policies are evaluated in order until one has an opinion`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policies: ["vip", "assigned"])
    scenario.device("D1")
    scenario.device("D2", tags: ["vip"])
    scenario.sequence()
    scenario.lead(1, device: "D1", name: "Vip")
    scenario.lead(2, device: "D1", name: "Other")
    let engine = try TestInstance(
      scenario,
      files: [
        "vip": """
        return { select = function(contact, fleet)
          if contact.name == 'Vip' then return use(fleet:least_loaded({ tag = 'vip' }), 'vip tenantState') end
        end }
        """
      ])
    try await engine.step(seconds: 1)
    #expect(engine.gateway.sent.map(\.device.text).sorted() == ["D1", "D2"])
    #expect(try engine.contact("welcome/L1").decisions.map(\.policy) == ["vip"])
    #expect(try engine.contact("welcome/L2").decisions.map(\.policy) == ["assigned"])
  }

  @Test func `an enroll hook may choose the device that a contact belongs to`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policies: ["spread"])
    for device in 1...3 { scenario.device("D\(device)") }
    scenario.sequence()
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(
      scenario,
      files: [
        "spread": """
        return {
          enroll = function(lead, fleet) return move(fleet:get('D3'), 'new leads go to D3') end,
          select = function(contact, fleet) return use(contact.device, 'owner') end,
        }
        """
      ])
    try await engine.step(seconds: 1)
    #expect(engine.gateway.sent.map(\.device.text) == ["D3"])
    #expect(try engine.contact("welcome/L1").assignments.map(\.reason) == ["new leads go to D3"])
  }

  @Test func `a skipped step is recorded and the next one follows`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policies: ["skipper"])
    scenario.device("D1")
    scenario.sequence(delays: [0, 30])
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(
      scenario,
      files: [
        "skipper": """
        return { select = function(contact, fleet)
          if contact.step == 1 then return skip('said already') end
          return use(contact.device, 'owner')
        end }
        """
      ])
    for _ in 0..<4 { try await engine.step(seconds: 15) }
    #expect(engine.gateway.sent.map(\.step) == [2])
    let contact = try engine.contact("welcome/L1")
    #expect(contact.status == .completed)
    #expect(contact.decisions.map(\.outcome).sorted { $0.rawValue < $1.rawValue } == [.skip, .use])
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `a write of a process that lost its leadership is refused (I-18)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(scenario)
    _ = try engine.store.becomeLeader(processID: 2, at: engine.clock.now())
    #expect(throws: StoreError.leadershipLost) { try engine.decide() }
    await #expect(throws: StoreError.leadershipLost) { try await engine.send() }
    #expect(engine.gateway.sent.isEmpty)
  }

  @Test func `retiring a fallback device moves its messages to another one and the contacts keep their devices (I-11)`()
    async throws
  {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "fallback")
    scenario.device("D1", status: "offline")
    scenario.device("D2")
    scenario.device("D3")
    scenario.sequence()
    for lead in 1...4 { scenario.lead(lead, device: lead == 4 ? "D2" : "D1") }
    let engine = try TestInstance(scenario)
    try engine.decide()
    let (acme, now) = (TenantID("acme")!, engine.clock.now())
    try engine.store.retireDevice(
      DeviceID("D2")!, of: acme, reassignTo: DeviceID("D3")!, reason: "worn out", actor: "ops", at: now)
    for _ in 0..<3 { try await engine.step(seconds: 60) }
    #expect(Set(engine.gateway.sent.map(\.device.text)) == ["D3"])
    #expect(try engine.contact("welcome/L1").assignedDevice == DeviceID("D1"))
    #expect(try engine.contact("welcome/L4").assignedDevice == DeviceID("D3"))
    let report = try engine.store.mismatches(since: nil, tenant: nil)
    #expect(report.counts[.mismatch] ?? 0 == 0)
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `after a clock was set back, nothing is sent before it was queued`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1", status: "offline")
    scenario.sequence(delays: [0, 0])
    for lead in 1...4 { scenario.lead(lead, device: "D1") }
    let engine = try TestInstance(scenario)
    try engine.decide()
    engine.clock.set(TestInstance.start.advanced(bySeconds: -86_400))
    try engine.store.setDeviceStatus(
      DeviceID("D1")!, of: TenantID("acme")!, to: .online, reason: "test", actor: "test", at: engine.clock.now())
    try await engine.step(seconds: 60)
    #expect(engine.gateway.sent.isEmpty)
    engine.clock.set(TestInstance.start.advanced(bySeconds: 1))
    for _ in 0..<3 { try await engine.step(seconds: 1) }
    #expect(engine.gateway.sent.count == 8)
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `a clock that goes backwards does not raise a device's limits (I-67)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1", hour: 3)
    scenario.sequence()
    for lead in 1...12 { scenario.lead(lead, device: "D1") }
    let engine = try TestInstance(scenario)
    for minute: Int64 in [0, 60, 30, 1, 59, 61] {
      engine.clock.set(TestInstance.start.advanced(bySeconds: minute * 60))
      try await engine.step(seconds: 0)
    }
    #expect(engine.gateway.sent.count == 6, "three at 9:00, three at 10:00 and after")
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `sends that another program recorded count too (I-67)`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1", hour: 3)
    scenario.sequence()
    for lead in 1...12 { scenario.lead(lead, device: "D1") }
    let other = try TestInstance(scenario)
    try await other.step(seconds: 0)
    let history = try other.store.exportedBytes()
    let engine = try TestInstance(scenario)
    try await engine.send()
    let writer = try Stores.open(engine.folder.file("usher.db"), mode: .readWrite)
    _ = try writer.importFile(ByteSource(history), ImportOptions(now: TestInstance.start))
    try await engine.step(seconds: 60)
    #expect(engine.gateway.sent.isEmpty)
    #expect(try engine.store.integrity().isSound)
  }

  @Test func `no file makes a step early, a lead reachable again, or a retired device send`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1")
    scenario.device("D2")
    scenario.sequence(delays: [0, 86_400])
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(scenario)
    try await engine.step(seconds: 1)
    let (acme, now) = (TenantID("acme")!, engine.clock.now())
    _ = try engine.store.optOut("+15550000001", of: acme, actor: "test", at: now)
    try engine.store.retireDevice(DeviceID("D2")!, of: acme, reassignTo: nil, reason: "old", actor: "test", at: now)
    for (line, field) in [
      (
        #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","due_at":"2026-11-22T09:00:01Z"}"#,
        "due_at"
      ),
      (#"{"type":"lead","tenant":"acme","id":"L1","phone":"+15550000001","opted_out":false}"#, "opted_out"),
      (#"{"type":"lead","tenant":"acme","id":"L1","phone":"+15550000001","opted_out_at":null}"#, "opted_out"),
      (#"{"type":"device","tenant":"acme","id":"D2","status":"online"}"#, "status"),
    ] {
      let problem = #expect(throws: ImportProblem.self) {
        try engine.store.importFile(ByteSource(Array(line.utf8)), ImportOptions(now: now))
      }
      #expect(problem?.field == field, "\(line)")
    }
  }

  @Test func `a time with an offset is absolute, independent of the host's time zone (I-28)`() async throws {
    var scenario = StoreScenario()
    scenario.add("tenant", [("id", "acme"), ("policy", "assigned"), ("time_zone", "Asia/Kuala_Lumpur")])
    scenario.device("D1")
    scenario.sequence(trigger: nil)
    scenario.lead(1, device: "D1", triggers: [])
    scenario.add(
      "enrolment",
      [("tenant", "acme"), ("sequence", "welcome"), ("lead", "L1"), ("due_at", "2026-11-22T19:00:00+08:00")])
    let engine = try TestInstance(scenario)
    // 19:00 in Kuala Lumpur is 11:00 UTC, two hours from the start.
    for _ in 0..<119 { try await engine.step(seconds: 60) }
    #expect(engine.gateway.sent.isEmpty)
    for _ in 0..<2 { try await engine.step(seconds: 60) }
    #expect(engine.gateway.sent.count == 1)
    #expect(try engine.contact("welcome/L1").messages.first?.sentAt == Instant(rfc3339: "2026-11-22T11:00:00Z"))
  }

  @Test func `a sending window can cross midnight, opens on time, and loses no day to a missed tick (I-31)`()
    async throws
  {
    var scenario = StoreScenario()
    scenario.tenant("acme", policies: ["night"])
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    // From 22:00 to 02:00 UTC: outside the window the contact waits for the next opening, however long that is.
    let engine = try TestInstance(
      scenario,
      files: [
        "night": """
        return { select = function(contact, fleet)
          local second = now // 1000 % 86400
          local opens, closes = 22 * 3600, 2 * 3600
          if second >= opens or second < closes then return use(contact.device, 'open') end
          return wait('closed until 22:00', opens - second)
        end }
        """
      ])
    try await engine.step(seconds: 0)
    #expect(try engine.contact("welcome/L1").nextAt == Instant(rfc3339: "2026-11-22T22:00:00Z"))
    engine.clock.set(Instant(rfc3339: "2026-11-22T21:59:59Z")!)
    try await engine.step(seconds: 0)
    #expect(engine.gateway.sent.isEmpty)
    // No cycle ran at 22:00; the window is still open after midnight.
    engine.clock.set(Instant(rfc3339: "2026-11-23T01:30:00Z")!)
    try await engine.step(seconds: 0)
    #expect(engine.gateway.sent.count == 1)
  }
}
