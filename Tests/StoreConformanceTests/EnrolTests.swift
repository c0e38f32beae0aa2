import Routing
import RoutingTestKit
import Testing

struct EnrolTests {
  private func scene(_ factory: StoreFactory) throws -> StoreFixture { try StoreFixture(factory) }

  @Test(arguments: StoreFactory.all)
  func `a lead is shown as a policy may read it`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let device = try fixture.device("D1")
    try fixture.sequence()
    try fixture.lead(
      "L1", phone: "+60123456789", device: device, triggers: ["NEW"], tags: #"["vip"]"#,
      attributes: #"{"a":1}"#)
    var seen: [Lead] = []
    try fixture.enrol {
      seen.append($0)
      return .leaveOut(reason: "test")
    }
    #expect(
      seen == [
        Lead(
          id: "L1", phone: "+60123456789", name: "Lead L1", sequence: "welcome", trigger: "NEW",
          device: DeviceID("D1"), tags: ["vip"], attributes: [Parameter("a", .integer(1))])
      ])
  }

  @Test(arguments: StoreFactory.all)
  func `an enrolment, its assignment and the consumed trigger come together (I-50, I-55)`(factory: StoreFactory) throws
  {
    let fixture = try scene(factory)
    let device = try fixture.device("D1")
    try fixture.sequence(delays: [30, 60])
    try fixture.lead("L1", triggers: ["NEW", "OTHER"])
    let counts = try fixture.enrol { _ in .enrol(device: device, reason: "the lead's device") }
    #expect(counts == EnrolmentCounts(triggers: 1, enrolled: 1))
    let due = fixture.now.milliseconds + 30_000
    #expect(
      try fixture.rows(
        "SELECT external_id, assigned_device_id, status, current_step, due_at, next_at, contact_phone FROM sequence_contacts"
      )
        == [["welcome/L1", "1", "scheduled", "1", "\(due)", "\(due)", "+60120000001"]])
    #expect(
      try fixture.rows("SELECT device_id, decision_id, reason, actor FROM assignments")
        == [["1", "-", "the lead's device", "usher"]])
    #expect(
      try fixture.rows("SELECT trigger, consumed_at, consumed_reason FROM lead_triggers ORDER BY id")
        == [["NEW", "\(fixture.now.milliseconds)", "enrolled"], ["OTHER", "-", "-"]])
  }

  @Test(arguments: StoreFactory.all)
  func `steps are not created in advance (I-53)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.sequence(delays: Array(repeating: 1, count: 11))
    try fixture.lead("L1", triggers: ["NEW"])
    try fixture.enrol()
    #expect(try fixture.count("SELECT count(*) FROM sequence_contacts") == 1)
    #expect(try fixture.count("SELECT count(*) FROM broadcast_messages") == 0)
  }

  @Test(arguments: StoreFactory.all, ["NEW ", "new", "NEWS", "N", "NEW,VIP"])
  func `a trigger matches as a whole or not at all (I-49)`(factory: StoreFactory, trigger: String) throws {
    let fixture = try scene(factory)
    try fixture.sequence()
    try fixture.lead("L1", triggers: [trigger])
    #expect(try fixture.enrol() == EnrolmentCounts())
    #expect(try fixture.row("SELECT consumed_at FROM lead_triggers") == ["-"])
  }

  @Test(arguments: StoreFactory.all)
  func `a trigger starts sequences of its own tenant only (I-51)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let other = try fixture.tenant("other")
    try fixture.sequence("theirs", tenant: other)
    try fixture.lead("L1", triggers: ["NEW"])
    #expect(try fixture.enrol() == EnrolmentCounts())
    #expect(try fixture.enrol(tenant: other) == EnrolmentCounts())
    try fixture.lead("X1", tenant: other, phone: "+60120000001", triggers: ["NEW"])
    #expect(try fixture.enrol(tenant: other).enrolled == 1, "the same number is another lead there (I-20)")
    #expect(try fixture.rows("SELECT external_id, tenant_id FROM sequence_contacts") == [["theirs/X1", "2"]])
  }

  @Test(arguments: StoreFactory.all, ["draft", "paused", "archived"])
  func `a sequence that is not active enrols nobody, the trigger stays (I-54, I-57)`(
    factory: StoreFactory, status: String
  ) throws {
    let fixture = try scene(factory)
    try fixture.sequence(status: status)
    try fixture.lead("L1", triggers: ["NEW"])
    #expect(try fixture.enrol() == EnrolmentCounts())
    try fixture.execute("UPDATE sequences SET status = 'active'")
    #expect(try fixture.enrol().enrolled == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `a sequence without a trigger or without steps enrols nobody (I-52)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.sequence("quiet", trigger: nil)
    try fixture.sequence("hollow", delays: [])
    try fixture.lead("L1", triggers: ["NEW"])
    try fixture.lead("L2")
    #expect(try fixture.enrol() == EnrolmentCounts())
  }

  @Test(arguments: StoreFactory.all)
  func `a trigger that matches two sequences enrols in both and is consumed once`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.sequence("one")
    try fixture.sequence("two")
    try fixture.lead("L1", triggers: ["NEW"])
    #expect(try fixture.enrol() == EnrolmentCounts(triggers: 1, enrolled: 2))
    #expect(
      try fixture.rows("SELECT external_id FROM sequence_contacts ORDER BY id") == [["one/L1"], ["two/L1"]])
  }

  @Test(arguments: StoreFactory.all)
  func `a lead that is already enrolled is not decided on and not enrolled again (I-20, I-23)`(factory: StoreFactory)
    throws
  {
    let fixture = try scene(factory)
    try fixture.sequence()
    let lead = try fixture.lead("L1", triggers: ["NEW"])
    try fixture.enrolment(ofLead: lead)
    try fixture.execute(
      "UPDATE sequence_contacts SET status = 'failed', next_at = NULL, reason = 'x', ended_at = 1")
    let counts = try fixture.enrol { _ in
      Issue.record("decided on an existing enrolment")
      return .leaveOut(reason: "test")
    }
    #expect(counts == EnrolmentCounts(triggers: 1, enrolled: 0))
    #expect(try fixture.row("SELECT consumed_reason FROM lead_triggers") == ["already enrolled"])
    #expect(try fixture.count("SELECT count(*) FROM sequence_contacts") == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `a lead that opted out is left alone`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.sequence()
    try fixture.lead("L1", triggers: ["NEW"], optedOut: true)
    #expect(try fixture.enrol() == EnrolmentCounts())
    #expect(try fixture.row("SELECT consumed_at FROM lead_triggers") == ["-"])
  }

  @Test(arguments: StoreFactory.all)
  func `a trigger that waits is read again at its time`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.sequence()
    try fixture.lead("L1", triggers: ["NEW"])
    let until = fixture.now.advanced(bySeconds: 60)
    try fixture.enrol { _ in .wait(until: until, reason: "no room") }
    #expect(
      try fixture.row("SELECT next_at, wait_reason, consumed_at FROM lead_triggers")
        == ["\(until.milliseconds)", "no room", "-"])
    #expect(try fixture.enrol() == EnrolmentCounts())
    #expect(try fixture.enrol(at: until).enrolled == 1)
    #expect(try fixture.row("SELECT next_at, wait_reason FROM lead_triggers") == ["-", "-"])
  }

  @Test(arguments: StoreFactory.all)
  func `a lead that is not enrolled has its trigger consumed with the reason`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.sequence()
    try fixture.lead("L1", triggers: ["NEW"])
    #expect(try fixture.enrol { _ in .leaveOut(reason: "not ours") } == EnrolmentCounts(triggers: 1, enrolled: 0))
    #expect(try fixture.row("SELECT consumed_reason FROM lead_triggers") == ["not ours"])
  }

  @Test(arguments: StoreFactory.all)
  func `the oldest triggers come first, across all sequences, up to the limit`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.sequence("b", trigger: "B")
    try fixture.sequence("a", trigger: "A")
    for (lead, trigger) in [("1", "B"), ("2", "A"), ("3", "B"), ("4", "A")] {
      try fixture.lead(lead, triggers: [trigger])
    }
    var seen: [String] = []
    let counts = try fixture.enrol(limit: 3) {
      seen.append($0.id)
      return .enrol(device: nil, reason: "x")
    }
    #expect(seen == ["1", "2", "3"] && counts.triggers == 3)
    #expect(try fixture.enrol().triggers == 1, "the remaining leads come next (I-58)")
  }

  @Test(arguments: StoreFactory.all)
  func `a choice that throws enrols nobody of the batch (I-55)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    struct Stop: Error {}
    try fixture.sequence()
    for lead in ["1", "2"] { try fixture.lead(lead, triggers: ["NEW"]) }
    let before = try fixture.everything()
    #expect(throws: Stop.self) {
      try fixture.enrol { lead in
        if lead.id == "2" { throw Stop() }
        return .enrol(device: nil, reason: "x")
      }
    }
    #expect(try fixture.everything() == before)
  }

  @Test(arguments: StoreFactory.all)
  func `a lead that cannot be read waits with its reason and the others continue (I-47)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.sequence()
    try fixture.lead("bad", triggers: ["NEW"], tags: "[1]")
    try fixture.lead("good", triggers: ["NEW"])
    #expect(try fixture.enrol() == EnrolmentCounts(triggers: 2, enrolled: 1))
    #expect(
      try fixture.row("SELECT wait_reason FROM lead_triggers WHERE id = 1")[0]
        .hasPrefix("this lead's row cannot be read: tags: "))
  }
}

extension StoreFixture {
  @discardableResult
  fileprivate func enrol(
    tenant: TenantKey? = nil, limit: Int = 100, at moment: Instant? = nil,
    _ choose: (Lead) throws -> EnrolmentChoice = { _ in .enrol(device: nil, reason: "none") }
  ) throws -> EnrolmentCounts {
    try store.enrol(tenant: tenant ?? acme, limit: limit, at: moment ?? now, epoch: epoch, choose: choose)
  }
}
