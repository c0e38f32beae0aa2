import Routing
import RoutingTestKit
import Testing

struct OperatorTests {
  private let first = DeviceKey(1)
  private let second = DeviceKey(2)
  private let acme = TenantID("acme")!
  private let d1 = DeviceID("D1")!
  private let d2 = DeviceID("D2")!

  private func scene(_ factory: StoreFactory) throws -> StoreFixture {
    let fixture = try StoreFixture(factory)
    try fixture.device("D1")
    try fixture.device("D2")
    try fixture.sequence()
    return fixture
  }

  private func refusal(_ body: () throws -> some Any) -> String {
    do {
      _ = try body()
      return ""
    } catch let error as OperatorError {
      return error.message
    } catch {
      return "not an OperatorError: \(error)"
    }
  }

  @Test(arguments: StoreFactory.all)
  func `an error names an id that is unknown or belongs to another tenant`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.device("X", tenant: try fixture.tenant("other"))
    let (store, now) = (fixture.store, fixture.now)
    for (tenant, device, text) in [
      ("acme", "D9", "there is no device 'D9'"), ("acme", "X", "there is no device 'X'"),
      ("nobody", "D1", "there is no tenant 'nobody'"),
    ] {
      let found = refusal {
        try store.resumeDevice(DeviceID(device)!, of: TenantID(tenant)!, actor: "ann", at: now)
      }
      #expect(found.hasPrefix(text))
    }
    #expect(
      refusal { try store.optOut("nobody", of: acme, actor: "ann", at: now) }.hasPrefix("there is no lead"))
  }

  @Test(arguments: StoreFactory.all)
  func `a paused device receives nothing and sends nothing until it is resumed`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    try fixture.queueAll(on: first)
    let until = fixture.now.advanced(bySeconds: 600)
    try fixture.store.pauseDevice(d1, of: acme, until: until, reason: "repair", actor: "ann", at: fixture.now)
    #expect(try fixture.claim().isEmpty)
    try fixture.store.resumeDevice(d1, of: acme, actor: "bob", at: fixture.now)
    #expect(try fixture.claim().count == 1)
    #expect(
      try fixture.rows("SELECT kind, actor FROM device_events ORDER BY id") == [
        ["paused", "ann"], ["resumed", "bob"],
      ])
    #expect(
      refusal { try fixture.store.resumeDevice(d1, of: acme, actor: "ann", at: fixture.now) }.contains(
        "is not paused"))
  }

  @Test(arguments: StoreFactory.all)
  func `a device's status is set with its history, but not to retired`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let (store, now) = (fixture.store, fixture.now)
    try store.setDeviceStatus(d1, of: acme, to: .authFailed, reason: "401", actor: "ann", at: now)
    #expect(try fixture.row("SELECT status FROM user_devices") == ["auth_failed"])
    #expect(
      try fixture.row("SELECT kind, detail FROM device_events") == ["status", "online to auth_failed: 401"])
    let found = refusal {
      try store.setDeviceStatus(d1, of: acme, to: .retired, reason: "x", actor: "ann", at: now)
    }
    #expect(found.contains("retire it instead"))
  }

  @Test(arguments: StoreFactory.all)
  func `a device with open work is retired only with a successor, which gets it (I-11)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let lead = try fixture.lead("L0", device: first)
    for name in ["A", "B", "C"] { try fixture.enrolment(name, device: first) }
    try fixture.queueAll(on: first, limit: 2)
    try fixture.finish(try fixture.claim(limit: 1), .accepted(gatewayID: nil))
    let (store, now) = (fixture.store, fixture.now)
    let before = try fixture.everything()
    let text = refusal {
      try store.retireDevice(d1, of: acme, reassignTo: nil, reason: "banned", actor: "ann", at: now)
    }
    #expect(text.contains("3 open contacts and 1 waiting messages"))
    #expect(try fixture.everything() == before)
    try store.retireDevice(d1, of: acme, reassignTo: d2, reason: "banned", actor: "ann", at: now)
    #expect(try fixture.row("SELECT status FROM user_devices WHERE id = 1") == ["retired"])
    #expect(try fixture.rows("SELECT DISTINCT assigned_device_id FROM sequence_contacts") == [["2"]])
    #expect(
      try fixture.rows("SELECT status, device_id FROM broadcast_messages ORDER BY id") == [
        ["sent", "1"], ["pending", "2"],
      ])
    #expect(try fixture.rows("SELECT device_id FROM leads WHERE id = \(lead)") == [["2"]])
    #expect(
      try fixture.row(
        "SELECT outcome, device_id, revision_id, reason FROM decisions ORDER BY id DESC LIMIT 1")
        == ["move", "2", "-", "ann: D1 retired: banned"])
    #expect(try store.integrity().isSound)
    #expect(try store.mismatches(since: nil, tenant: nil).counts[.mismatch] == 0)
    #expect(try fixture.claim(at: now.advanced(bySeconds: 1)).map(\.device) == [d2])
    #expect(
      refusal { try store.pauseDevice(d1, of: acme, until: now, reason: "x", actor: "a", at: now) }.contains(
        "is retired"))
  }

  @Test(arguments: StoreFactory.all)
  func `a device is not retired while it sends, nor replaced by itself or a retired one`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("A", device: first)
    try fixture.queueAll(on: first)
    let claimed = try fixture.claim()
    let (store, now) = (fixture.store, fixture.now)
    func retire(_ id: DeviceID, to successor: DeviceID?) -> String {
      refusal { try store.retireDevice(id, of: acme, reassignTo: successor, reason: "old", actor: "ann", at: now) }
    }
    #expect(retire(d1, to: d2).contains("to be on its way, found 1"))
    try fixture.finish(claimed, .notSent(reason: "stopping"))
    #expect(retire(d1, to: d1).contains("found 'D1' itself"))
    #expect(retire(d2, to: nil) == "")
    #expect(retire(d1, to: d2).contains("'D2' is retired"))
  }

  @Test(arguments: StoreFactory.all)
  func `a contact that is reassigned takes its unsent message along`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    try fixture.queueAll(on: first)
    try fixture.store.reassignContact(
      ContactID("welcome/L1")!, of: acme, to: d2, reason: "moved house", actor: "ann", at: fixture.now)
    #expect(try fixture.row("SELECT assigned_device_id FROM sequence_contacts") == ["2"])
    #expect(try fixture.rows("SELECT device_id, decision_id FROM broadcast_messages") == [["2", "2"]])
    #expect(
      try fixture.rows("SELECT device_id, reason, actor FROM assignments ORDER BY id")
        == [["1", "imported", "import"], ["2", "moved house", "ann"]])
    #expect(try fixture.row("SELECT previous_id FROM decisions WHERE id = 2") == ["1"])
    #expect(try fixture.store.mismatches(since: nil, tenant: nil).counts[.match] == 1)
    #expect(try fixture.store.integrity().isSound)
  }

  @Test(arguments: StoreFactory.all, [SendOutcome.refused(reason: "no"), .unknown(reason: "timed out")])
  func `a retry makes a new attempt at the same message (I-37)`(factory: StoreFactory, outcome: SendOutcome) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    try fixture.queueAll(on: first)
    let contact = ContactID("welcome/L1")!
    let (store, now) = (fixture.store, fixture.now)
    #expect(
      refusal { try store.retryContact(contact, of: acme, actor: "ann", at: now) }.contains(
        "found a pending one"))
    let claimed = try fixture.claim()
    try fixture.finish(claimed, outcome)
    try store.retryContact(contact, of: acme, actor: "ann", at: now)
    #expect(
      try fixture.row(
        "SELECT c.status, c.reason, c.ended_at, m.status, m.error FROM sequence_contacts c, broadcast_messages m"
      )
        == ["queued", "-", "-", "pending", "-"])
    let again = try fixture.claim()
    // A message that the gateway may have keeps its key; one that it refused becomes another message.
    let isOther = if case .refused = outcome { true } else { false }
    #expect((again[0].idempotencyKey != claimed[0].idempotencyKey) == isOther)
    try fixture.finish(again, .accepted(gatewayID: nil))
    #expect(try fixture.row("SELECT status, current_step FROM sequence_contacts") == ["scheduled", "2"])
    #expect(try fixture.row("SELECT action, subject, actor FROM audit") == ["retry", "contact welcome/L1", "ann"])
    #expect(try store.integrity().isSound)
  }

  @Test(arguments: StoreFactory.all)
  func `a retry leaves a retired device for the assigned one, and is refused after an opt-out`(factory: StoreFactory)
    throws
  {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: second)
    try fixture.queueAll(on: first)
    try fixture.finish(try fixture.claim(), .refused(reason: "no"))
    let (store, now) = (fixture.store, fixture.now)
    try store.retireDevice(d1, of: acme, reassignTo: nil, reason: "old", actor: "ann", at: now)
    try fixture.execute("UPDATE leads SET opted_out_at = 1")
    let contact = ContactID("welcome/L1")!
    #expect(
      refusal { try store.retryContact(contact, of: acme, actor: "ann", at: now) }.contains("opted out"))
    try fixture.execute("UPDATE leads SET opted_out_at = NULL")
    try store.retryContact(contact, of: acme, actor: "ann", at: now)
    #expect(try fixture.claim().map(\.device) == [d2])
  }

  @Test(arguments: StoreFactory.all, ["L1", "+60123456789", "welcome/L1"])
  func `an opt-out cancels all unsent messages, once`(factory: StoreFactory, who: String) throws {
    let fixture = try scene(factory)
    let other = try fixture.sequence("other")
    let lead = try fixture.lead("L1", phone: "+60123456789")
    try fixture.enrolment(ofLead: lead, device: first)
    try fixture.enrolment(ofLead: lead, in: other, device: first, dueAt: fixture.now.advanced(bySeconds: 60))
    try fixture.enrolment("L2", device: first)
    try fixture.queueAll(on: first)
    let (store, now) = (fixture.store, fixture.now)
    let result = try store.optOut(who, of: acme, actor: "ann", at: now)
    #expect(
      result == OptOutResult(lead: "L1", wasOptedOut: false, cancelledMessages: 1, cancelledContacts: 2))
    #expect(
      try fixture.rows("SELECT status FROM sequence_contacts ORDER BY id") == [
        ["cancelled"], ["cancelled"], ["queued"],
      ])
    #expect(try fixture.claim().map(\.contact.text) == ["welcome/L2"])
    let again = try store.optOut(who, of: acme, actor: "ann", at: now.advanced(bySeconds: 9))
    #expect(again == OptOutResult(lead: "L1", wasOptedOut: true, cancelledMessages: 0, cancelledContacts: 0))
    #expect(try fixture.rows("SELECT opted_out_at FROM leads WHERE id = 1") == [["\(now.milliseconds)"]])
    #expect(try fixture.count("SELECT count(*) FROM audit") == 1)
    #expect(try store.integrity().isSound)
  }
}
