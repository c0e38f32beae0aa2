import Routing
import RoutingTestKit
import Testing

struct ReportTests {
  private let first = DeviceKey(1)
  private let second = DeviceKey(2)

  private func scene(_ factory: StoreFactory) throws -> StoreFixture {
    let fixture = try StoreFixture(factory)
    try fixture.device("D1", hour: 80, queue: 5)
    try fixture.device("D2")
    try fixture.sequence()
    return fixture
  }

  // MARK: Mismatches

  @Test(arguments: StoreFactory.all)
  func `every message is counted in one part, and the parts add up (I-71)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for lead in ["match", "fallback", "moved"] { try fixture.enrolment(lead, device: first) }
    try fixture.enrolment("nobody")
    try fixture.store.decide(
      tenant: fixture.acme, limit: 9, at: fixture.now, epoch: fixture.epoch,
      decide: { due in
        let other = due.contact.id.text == "welcome/fallback"
        return .queue(
          StoreFixture.decision(.use(device: 0), reason: other ? "owner unavailable" : "owner"),
          device: other ? second : first, moves: false, content: "Hi")
      }
    ).expectQueued(4)
    try fixture.finish(try fixture.claim(), .accepted(gatewayID: nil))
    try fixture.store.reassignContact(
      ContactID("welcome/moved")!, of: TenantID("acme")!, to: DeviceID("D2")!, reason: "new owner",
      actor: "ann",
      at: fixture.now.advanced(bySeconds: 1))
    let report = try fixture.store.mismatches(since: nil, tenant: nil)
    #expect(report.counts == [.match: 1, .fallback: 1, .movedSince: 1, .unassigned: 1, .mismatch: 0])
    #expect(report.total == 4)
    #expect(try fixture.count("SELECT count(*) FROM broadcast_messages") == report.total)
    let lines = report.lines.map {
      [$0.part.rawValue, $0.contact.text, $0.device.text, $0.reason, $0.policy ?? "-"]
    }
    #expect(
      lines == [
        ["fallback", "welcome/fallback", "D2", "owner unavailable", "assigned"],
        ["moved since", "welcome/moved", "D1", "new owner", "assigned"],
        ["unassigned", "welcome/nobody", "D1", "owner", "assigned"],
      ])
    #expect(try fixture.store.mismatches(since: nil, tenant: TenantID("other")).total == 0)
    #expect(try fixture.store.mismatches(since: fixture.now, tenant: TenantID("acme")).total == 4)
    #expect(try fixture.store.mismatches(since: fixture.now.advanced(bySeconds: 1), tenant: nil).total == 0)
    #expect(try fixture.store.mismatches(since: nil, tenant: nil, at: nil, lineLimit: 1).lines.count == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `a contact moved by its policy matches, and one moved later is moved since`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    try fixture.queueAll(on: second, moves: true)
    #expect(try fixture.store.mismatches(since: nil, tenant: nil).counts[.match] == 1)
    try fixture.finish(try fixture.claim(), .accepted(gatewayID: nil))
    try fixture.queueAll(on: first, moves: true, at: fixture.now.advanced(bySeconds: 60))
    let counts = try fixture.store.mismatches(since: nil, tenant: nil).counts
    #expect(counts[.match] == 1 && counts[.movedSince] == 1 && counts[.mismatch] == 0)
  }

  @Test(arguments: StoreFactory.all)
  func `an assignment changed behind the store's back is a mismatch`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    try fixture.queueAll(on: first)
    try fixture.execute("UPDATE sequence_contacts SET assigned_device_id = ?1", [second.raw])
    #expect(try fixture.store.mismatches(since: nil, tenant: nil).counts[.mismatch] == 1)
  }

  // MARK: Devices

  @Test(arguments: StoreFactory.all)
  func `a device's line has its sends, its queue and whether it can accept more`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for lead in ["1", "2", "3"] { try fixture.enrolment(lead, device: first) }
    try fixture.enrolment("4")
    try fixture.queueAll(on: first, limit: 3)
    let claimed = try fixture.claim(limit: 2)
    try fixture.finish([claimed[0]], .accepted(gatewayID: nil))
    try fixture.execute(
      "UPDATE user_devices SET paused_until = ?1 WHERE id = ?2", [fixture.now.milliseconds + 1000, second.raw])
    try fixture.device("D3", status: "retired")
    let report = try fixture.store.devices(at: fixture.now)
    let line = report.lines[0]
    #expect(
      line.sums
        == DeviceReport.Sums(openContacts: 3, sentMinute: 1, sentHour: 1, sentDay: 1, queued: 1, inFlight: 1))
    #expect(line.headroom == 3 && line.load == 0.4 && line.isAvailable)
    #expect(line.device.lastSentAt == fixture.now)
    #expect(report.lines[1].unavailableBecause == "paused until 2026-11-22T09:00:01Z")
    #expect(report.lines[1].headroom == nil)
    #expect(report.lines[2].unavailableBecause == "retired")
    #expect(report.unassignedContacts == 1 && report.availableCount == 1)
    let open = try fixture.count("SELECT count(*) FROM sequence_contacts WHERE ended_at IS NULL")
    #expect(report.total.openContacts + report.unassignedContacts == open)
    #expect(report.total.queued == 1 && report.total.inFlight == 1)
  }

  // MARK: Sequences

  @Test(arguments: StoreFactory.all, ["contact welcome/L1", "welcome/L1"])
  func `reports of the past show a retry as each version recorded it`(
    factory: StoreFactory, subject: String
  ) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    try fixture.queueAll(on: first)
    try fixture.finish(try fixture.claim(), .refused(reason: "no such number"))
    let minute = { (number: Int64) in fixture.now.advanced(bySeconds: number * 60) }
    try fixture.store.retryContact(ContactID("welcome/L1")!, of: TenantID("acme")!, actor: "ann", at: minute(2))
    #expect(try fixture.count("SELECT count(*) FROM audit WHERE subject = 'contact welcome/L1'") == 1)
    try fixture.execute("UPDATE audit SET subject = ?1", [subject])
    try fixture.finish(try fixture.claim(at: minute(4)), .accepted(gatewayID: nil), at: minute(4))
    let queued = try [1, 3, 5].map { try fixture.store.devices(at: minute($0)).total.queued }
    #expect(queued == [0, 1, 0])
  }

  @Test(arguments: StoreFactory.all)
  func `a funnel counts every enrolment once, at its step and in its state (I-27, I-71)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for lead in ["sent", "failed", "queued", "skipped", "fresh"] {
      try fixture.enrolment(lead, device: first)
    }
    try fixture.store.decide(
      tenant: fixture.acme, limit: 4, at: fixture.now, epoch: fixture.epoch,
      decide: { due in
        due.contact.id.text == "welcome/skipped"
          ? .skip(StoreFixture.decision(.skip))
          : .queue(StoreFixture.decision(.use(device: 0)), device: first, moves: false, content: "Hi")
      }
    ).expectQueued(3)
    let claimed = try fixture.claim(limit: 2)
    try fixture.finish([claimed[0]], .accepted(gatewayID: nil))
    try fixture.finish([claimed[1]], .refused(reason: "no such number"))
    try fixture.sequence("hollow", trigger: nil, delays: [])
    let report = try fixture.store.sequences()
    #expect(report.sequences.map(\.id) == ["welcome", "hollow"])
    let steps = report.sequences[0].steps
    #expect(steps[0].enrolments == [.failed: 1, .queued: 1, .scheduled: 1])
    #expect(steps[0].messages == [.sent: 1, .failed: 1, .pending: 1] && steps[0].skipped == 1)
    #expect(steps[1].enrolments == [.scheduled: 2] && steps[1].messages.isEmpty && steps[1].skipped == 0)
    #expect(report.enrolments == 5 && report.sequences[0].enrolments == 5)
  }

  // MARK: One contact

  @Test(arguments: StoreFactory.all)
  func `a contact is shown with everything on record`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    let until = fixture.now.advanced(bySeconds: 5)
    _ = try fixture.store.decide(tenant: fixture.acme, limit: 1, at: fixture.now, epoch: fixture.epoch) { _ in
      .wait(StoreFixture.decision(.wait(until: until), reason: "no device can accept more"), until: until)
    }
    try fixture.queueAll(on: first, at: until)
    try fixture.finish(try fixture.claim(at: until), .notSent(reason: "stopping"), at: until)
    let contact = try fixture.store.contact(ContactID("welcome/L1")!, of: TenantID("acme")!)
    #expect(contact.status == .queued && contact.step == 1 && contact.steps == 2 && contact.lead == "L1")
    #expect(contact.decisions.map(\.outcome) == [.use, .wait])
    #expect(contact.decisions.map(\.reason) == ["because", "no device can accept more"])
    #expect(contact.messages.map(\.status) == [.pending])
    #expect(contact.messages[0].attempts.map(\.outcome) == ["not_sent"])
    #expect(contact.assignments.map(\.reason) == ["imported"])
    #expect(throws: OperatorError.unknown(.contact, id: "welcome/L2")) {
      try fixture.store.contact(ContactID("welcome/L2")!, of: TenantID("acme")!)
    }
  }
}

extension DecisionCounts {
  func expectQueued(_ count: Int) { #expect(queued == count) }
}
