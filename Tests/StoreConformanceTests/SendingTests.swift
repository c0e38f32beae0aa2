import Routing
import RoutingTestKit
import Testing

struct SendingTests {
  private func scene(_ factory: StoreFactory) throws -> StoreFixture {
    let fixture = try StoreFixture(factory)
    try fixture.sequence()
    return fixture
  }

  @Test(arguments: StoreFactory.all)
  func `a claim leases the oldest message and puts an attempt on record`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let device = try fixture.device("D1", queued: 2)
    let messages = try fixture.claim(limit: 1)
    #expect(
      messages == [
        Message(
          key: MessageKey(1), tenant: TenantID("acme")!, device: DeviceID("D1")!, deviceKey: device,
          gateway: "log", recipient: PhoneNumber("+60120000001")!, content: "Hi Lead D1-0",
          sequence: "welcome",
          step: 1, contact: ContactID("welcome/D1-0")!,
          idempotencyKey: try fixture.messageKey("welcome/D1-0", "+60120000001"))
      ])
    #expect(
      try fixture.row(
        "SELECT status, lease_epoch, lease_until, attempts FROM broadcast_messages WHERE id = 1")
        == ["sending", "1", "\(fixture.now.milliseconds + 60_000)", "1"])
    #expect(
      try fixture.rows("SELECT message_id, number, device_id, epoch, started_at, outcome FROM attempts")
        == [["1", "1", "1", "1", "\(fixture.now.milliseconds)", "-"]])
  }

  @Test(arguments: StoreFactory.all)
  func `a message in one claim is not in the next (I-16)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 3)
    let first = try fixture.claim(limit: 2)
    let second = try fixture.claim(limit: 2)
    #expect(first.map(\.key.raw) == [1, 2] && second.map(\.key.raw) == [3])
    #expect(try fixture.claim().isEmpty)
  }

  @Test(arguments: StoreFactory.all, ["offline", "auth_failed", "unknown"])
  func `messages wait on a device that is not online`(factory: StoreFactory, status: String) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 1, status: status)
    #expect(try fixture.claim().isEmpty)
    try fixture.execute("UPDATE user_devices SET status = 'online'")
    #expect(try fixture.claim().count == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `messages wait on a paused device until the pause ends`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let end = fixture.now.advanced(bySeconds: 30)
    _ = try fixture.device("D1", queued: 1, pausedUntil: end)
    #expect(try fixture.claim().isEmpty)
    #expect(try fixture.claim(at: end).count == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `the caps of a device hold over any hour (I-67)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 5, hour: 2)
    let first = try fixture.claim()
    #expect(first.count == 2)
    #expect(try fixture.claim().isEmpty, "messages in flight count")
    try fixture.finish([first[0]], .accepted(gatewayID: nil))
    let later = fixture.now.advanced(bySeconds: 1800)
    try fixture.finish([first[1]], .unknown(reason: "timed out"), at: later)
    #expect(try fixture.claim(at: later).isEmpty)
    #expect(try fixture.claim(at: fixture.now.advanced(bySeconds: 3599)).isEmpty)
    #expect(try fixture.claim(at: fixture.now.advanced(bySeconds: 3600)).count == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `a new leader knows the old one's sends, and so does a snapshot (I-67)`(factory: StoreFactory)
    throws
  {
    let fixture = try scene(factory)
    let device = try fixture.device("D1", queued: 5, hour: 10, minute: 2)
    try fixture.finish(try fixture.claim(), .accepted(gatewayID: nil))
    let now = fixture.now
    let beside = try fixture.subject.reopen(.readOnly)
    let leader = try fixture.subject.reopen(.readWrite)
    let epoch = try leader.becomeLeader(processID: 2, at: now)
    #expect(try leader.claim(limit: 9, at: now, leaseUntil: now, epoch: epoch, draw: { _ in 0 }).isEmpty)
    for store in [fixture.store, beside, leader] {
      let load = try store.read { snapshot in
        let fleet = try snapshot.fleet(of: try snapshot.tenants()[0], at: now)
        return fleet.members.first { $0.device.key == device }?.load
      }
      #expect(load == DeviceLoad(sentMinute: 2, sentHour: 2, sentDay: 2, queued: 3))
    }
  }

  @Test(arguments: StoreFactory.all)
  func `after the clock was set back, the windows of that time are used again`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 2, hour: 1)
    try fixture.finish(try fixture.claim(), .accepted(gatewayID: nil))
    let tomorrow = fixture.now.advanced(bySeconds: 2 * 86_400)
    try fixture.finish(try fixture.claim(at: tomorrow), .accepted(gatewayID: nil), at: tomorrow)
    _ = try fixture.device("D2", queued: 0)
    try fixture.enrolment("late", device: DeviceKey(1))
    try fixture.queueAll(on: DeviceKey(1))
    #expect(try fixture.claim(at: fixture.now.advanced(bySeconds: 1)).isEmpty)
  }

  @Test(arguments: StoreFactory.all)
  func `a device with a pace sends one message and then pauses for the drawn time`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 2, pace: 8)
    #expect(try fixture.claim(draw: 0.5).count == 1)
    #expect(
      try fixture.row("SELECT next_send_at FROM user_devices") == ["\(fixture.now.milliseconds + 8000)"])
    #expect(try fixture.claim(at: fixture.now.advanced(bySeconds: 7)).isEmpty)
    #expect(try fixture.claim(at: fixture.now.advanced(bySeconds: 8)).count == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `a cap on messages in flight holds`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 5, queue: 2)
    let claimed = try fixture.claim()
    #expect(claimed.count == 2)
    try fixture.finish([claimed[0]], .notSent(reason: "stopping"))
    #expect(try fixture.claim().count == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `a device that may send everything does not block the others (I-46)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 10)
    _ = try fixture.device("D2", queued: 1)
    _ = try fixture.device("D3", queued: 10)
    let claimed = try fixture.claim(limit: 9)
    let perDevice = Dictionary(grouping: claimed, by: \.device.text).mapValues(\.count)
    #expect(perDevice == ["D1": 4, "D2": 1, "D3": 4])
    #expect(claimed == claimed.sorted { ($0.deviceKey, $0.key) < ($1.deviceKey, $1.key) })
  }

  @Test(arguments: StoreFactory.all)
  func `a message of a paused sequence stays, and does not block those behind it`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let other = try fixture.sequence("other")
    let device = try fixture.device("D1")
    try fixture.enrolment("A", in: other, device: device)
    try fixture.queueAll(on: device)
    try fixture.enrolment("B", device: device)
    try fixture.queueAll(on: device)
    try fixture.execute("UPDATE sequences SET status = 'paused' WHERE id = ?1", [other])
    #expect(try fixture.claim(limit: 1).map(\.contact.text) == ["welcome/B"])
    #expect(try fixture.row("SELECT status FROM broadcast_messages WHERE id = 1") == ["pending"])
  }

  @Test(arguments: StoreFactory.all)
  func `a message to a lead that opted out is cancelled with its enrolment, the next one goes`(factory: StoreFactory)
    throws
  {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 2)
    try fixture.execute("UPDATE leads SET opted_out_at = 5 WHERE id = 1")
    #expect(try fixture.claim(limit: 1).map(\.key.raw) == [2])
    #expect(
      try fixture.row("SELECT status, error FROM broadcast_messages WHERE id = 1")
        == ["cancelled", "the lead opted out"])
    #expect(
      try fixture.row("SELECT status, reason, ended_at FROM sequence_contacts WHERE id = 1")
        == ["cancelled", "the lead opted out", "\(fixture.now.milliseconds)"])
  }

  @Test(arguments: StoreFactory.all)
  func `accepted: the next step's delay counts from the time of sending (I-43)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 1)
    #expect(try fixture.row("SELECT current_step, status FROM sequence_contacts") == ["1", "queued"])
    let counts = try fixture.finish(try fixture.claim(), .accepted(gatewayID: "g1"))
    #expect(counts.sent == 1)
    let next = fixture.now.milliseconds + 60_000
    #expect(
      try fixture.row(
        "SELECT status, sent_at, gateway_message_id, error, lease_epoch FROM broadcast_messages")
        == ["sent", "\(fixture.now.milliseconds)", "g1", "-", "-"])
    #expect(
      try fixture.row(
        "SELECT status, current_step, due_at, next_at, last_device_id, attempts FROM sequence_contacts")
        == ["scheduled", "2", "\(next)", "\(next)", "1", "0"])
    #expect(
      try fixture.row("SELECT outcome, finished_at, gateway_message_id FROM attempts")
        == ["accepted", "\(fixture.now.milliseconds)", "g1"])
    #expect(try fixture.row("SELECT last_sent_at FROM user_devices") == ["\(fixture.now.milliseconds)"])
  }

  @Test(arguments: StoreFactory.all)
  func `the steps of an enrolment go out one after the other, in order (I-25, I-27)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let device = try fixture.device("D1", queued: 1)
    try fixture.finish(try fixture.claim(), .accepted(gatewayID: nil))
    #expect(try fixture.queueAll(on: device).queued == 0, "the second step is not due yet (I-24)")
    let due = fixture.now.advanced(bySeconds: 60)
    #expect(try fixture.queueAll(on: device, at: due).queued == 1)
    #expect(try fixture.count("SELECT count(*) FROM broadcast_messages WHERE status = 'pending'") == 1)
    try fixture.finish(try fixture.claim(at: due), .accepted(gatewayID: nil), at: due)
    #expect(
      try fixture.row("SELECT status, current_step, ended_at FROM sequence_contacts")
        == ["completed", "2", "\(due.milliseconds)"])
  }

  @Test(arguments: StoreFactory.all)
  func `unknown: never sent again by itself, the enrolment stays with the reason (I-19)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 1)
    #expect(try fixture.finish(try fixture.claim(), .unknown(reason: "timed out")).unknown == 1)
    #expect(try fixture.row("SELECT status, error FROM broadcast_messages") == ["unknown", "timed out"])
    #expect(
      try fixture.row("SELECT status, reason, current_step FROM sequence_contacts") == [
        "queued", "timed out", "1",
      ])
    #expect(try fixture.claim(at: fixture.now.advanced(bySeconds: 99_999)).isEmpty)
  }

  @Test(arguments: StoreFactory.all)
  func `refused: the message and its enrolment fail, and nothing is completed (I-43)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 1)
    #expect(try fixture.finish(try fixture.claim(), .refused(reason: "no such number")).failed == 1)
    #expect(try fixture.row("SELECT status, error FROM broadcast_messages") == ["failed", "no such number"])
    #expect(
      try fixture.row("SELECT status, reason, ended_at, current_step FROM sequence_contacts")
        == ["failed", "no such number", "\(fixture.now.milliseconds)", "1"])
  }

  @Test(arguments: StoreFactory.all)
  func `a device fault returns the message to the queue and pauses the device (I-35, I-39)`(factory: StoreFactory)
    throws
  {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 1)
    let fault = SendOutcome.deviceFault(reason: "scan the code again", pauseSeconds: 30)
    #expect(try fixture.finish(try fixture.claim(), fault).returned == 1)
    #expect(
      try fixture.row("SELECT status, lease_epoch, lease_until, attempts FROM broadcast_messages")
        == ["pending", "-", "-", "1"])
    #expect(
      try fixture.row("SELECT paused_until, pause_reason FROM user_devices")
        == ["\(fixture.now.milliseconds + 30_000)", "scan the code again"])
    #expect(
      try fixture.row("SELECT kind, detail, actor, at FROM device_events")
        == ["paused", "scan the code again", "usher", "\(fixture.now.milliseconds)"])
    #expect(try fixture.row("SELECT status FROM sequence_contacts") == ["queued"])
    let again = try fixture.claim(at: fixture.now.advanced(bySeconds: 30))
    #expect(again.map(\.idempotencyKey) == [try fixture.messageKey("welcome/D1-0", "+60120000001", tryNumber: 2)])
    #expect(
      try fixture.rows("SELECT number, outcome FROM attempts ORDER BY id") == [
        ["1", "device_fault"], ["2", "-"],
      ])
  }

  @Test(arguments: StoreFactory.all)
  func `an unclaimed message cannot be recorded as sent, and the store names the program that writes (I-15)`(
    factory: StoreFactory
  )
    throws
  {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 1)
    let claimed = try fixture.claim()
    #expect(try fixture.finish(claimed, .notSent(reason: "no line")).returned == 1)
    // Its claim is over: results from a stale worker change nothing.
    #expect(throws: StoreError.self) { try fixture.finish(claimed, .accepted(gatewayID: "x")) }
    #expect(throws: (any Error).self) {
      try fixture.execute("UPDATE broadcast_messages SET status = 'sending'")
    }
    #expect(try fixture.row("SELECT status, sent_at FROM broadcast_messages") == ["pending", "-"])
    let leader = try fixture.row("SELECT process_id, build FROM leader")
    #expect(leader.count == 2 && leader.allSatisfy { $0 != "-" && !$0.isEmpty })
  }

  @Test(arguments: StoreFactory.all)
  func `the schema refuses a pending message with a claim, and a sent one with an error (I-35, I-41)`(
    factory: StoreFactory
  )
    throws
  {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 1)
    for change in [
      "lease_epoch = 1, lease_until = 1", "status = 'sending'", "status = 'sent', sent_at = 1, error = 'x'",
    ] {
      #expect(throws: (any Error).self) { try fixture.execute("UPDATE broadcast_messages SET \(change)") }
    }
  }

  @Test(arguments: StoreFactory.all)
  func `the schema refuses a state that needs a reason without one`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 1)
    for change in [
      "broadcast_messages SET status = 'failed'", "broadcast_messages SET status = 'cancelled', error = ''",
      "sequence_contacts SET status = 'waiting', next_at = 1",
      "sequence_contacts SET status = 'cancelled', ended_at = 1, reason = ''",
      "sequence_contacts SET status = 'done'", "broadcast_messages SET status = 'success'",
    ] {
      #expect(throws: (any Error).self) { try fixture.execute("UPDATE \(change)") }
    }
  }

  @Test(arguments: StoreFactory.all)
  func `a result for a message that is not being sent changes nothing at all (I-36)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 2)
    let messages = try fixture.claim()
    try fixture.finish([messages[0]], .accepted(gatewayID: nil))
    let before = try fixture.everything()
    #expect(throws: StoreError.self) {
      try fixture.finish([messages[1], messages[0]], .accepted(gatewayID: nil))
    }
    #expect(try fixture.everything() == before)
    #expect(try fixture.finish([messages[1]], .accepted(gatewayID: nil)).sent == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `a lead that opts out while its message is being sent stays cancelled`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 2)
    let messages = try fixture.claim()
    try fixture.execute("UPDATE sequence_contacts SET status = 'cancelled', reason = 'stop', ended_at = 7")
    try fixture.finish([messages[0]], .accepted(gatewayID: nil))
    try fixture.finish([messages[1]], .notSent(reason: "stopping"))
    #expect(
      try fixture.rows("SELECT status, error FROM broadcast_messages ORDER BY id")
        == [["sent", "-"], ["cancelled", "stop"]])
    #expect(
      try fixture.rows("SELECT DISTINCT status, ended_at FROM sequence_contacts") == [["cancelled", "7"]])
  }

  @Test(arguments: StoreFactory.all)
  func `claims of a leader that died, and expired ones, are recovered under the new epoch (I-34)`(factory: StoreFactory)
    throws
  {
    let fixture = try scene(factory)
    _ = try fixture.device("D1", queued: 3)
    let claimed = try fixture.claim(limit: 2)
    #expect(try fixture.store.abandonedClaims(at: fixture.now, epoch: fixture.epoch).isEmpty)
    let next = try fixture.subject.reopen(.readWrite)
    let epoch = try next.becomeLeader(processID: 2, at: fixture.now)
    let abandoned = try next.abandonedClaims(at: fixture.now, epoch: epoch)
    #expect(abandoned == claimed, "the idempotency key is the one that the gateway may know")
    #expect(try fixture.count("SELECT count(*) FROM attempts") == 2)
    #expect(try next.abandonedClaims(at: fixture.now, epoch: epoch).isEmpty)
    #expect(
      throws: StoreError.leadershipLost, "the old leader can no longer say what came of them",
      performing: { try fixture.finish(claimed, .accepted(gatewayID: nil)) })
    let results = abandoned.map { SendResult(message: $0, outcome: .unknown(reason: "the sender stopped")) }
    #expect(try next.finish(results, at: fixture.now, epoch: epoch).unknown == 2)
    let own = try next.claim(
      limit: 1, at: fixture.now, leaseUntil: fixture.now.advanced(bySeconds: 1), epoch: epoch,
      draw: { _ in 0 })
    #expect(try next.abandonedClaims(at: fixture.now.advanced(bySeconds: 1), epoch: epoch) == own)
  }

  @Test(arguments: StoreFactory.all)
  func `failed attempts of the last hour are counted per device`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let device = try fixture.device("D1", queued: 3)
    let failures = { (seconds: Int64) in
      let at = fixture.now.advanced(bySeconds: seconds)
      let fleet = try fixture.store.read { try $0.fleet(of: try $0.tenants()[0], at: at) }
      return fleet.members.first { $0.device.key == device }?.load.failuresHour
    }
    #expect(try failures(0) == 0)
    try fixture.finish(try fixture.claim(limit: 1), .refused(reason: "no"))
    #expect(try failures(0) == 1, "an earlier read at the same time is dropped")
    try fixture.finish(try fixture.claim(limit: 1), .accepted(gatewayID: nil))
    try fixture.finish(try fixture.claim(limit: 1), .deviceFault(reason: "down", pauseSeconds: 1))
    for (seconds, count) in [(0, 2), (3599, 2), (3600, 0)] { #expect(try failures(Int64(seconds)) == count) }
  }
}

extension StoreFixture {
  /// A device with `queued` messages in its queue.
  fileprivate func device(
    _ id: String, queued: Int, hour: Int? = nil, minute: Int? = nil, queue: Int? = nil, pace: Double = 0,
    status: String = "online", pausedUntil: Instant? = nil
  ) throws -> DeviceKey {
    let device = try device(
      id, status: status, minute: minute, hour: hour, queue: queue, pace: pace, pausedUntil: pausedUntil)
    for number in 0..<queued { try enrolment("\(id)-\(number)", device: device) }
    try queueAll(on: device)
    return device
  }
}
