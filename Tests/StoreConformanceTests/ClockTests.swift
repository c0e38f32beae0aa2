import Routing
import RoutingTestKit
import Testing

/// Times ahead of the clock: what blocks, what is found, and what accepting the clock changes.
struct ClockTests {
  private let now = StoreFixture.now
  private var ahead: Instant { now.advanced(bySeconds: 8 * 3600) }
  private func note(at moment: Instant? = nil) -> OperatorNote {
    OperatorNote(actor: "ann", reason: "NTP was off", at: moment ?? now)
  }

  private func scene(_ factory: StoreFactory, delays: [Int64] = [0, 60]) throws -> StoreFixture {
    let fixture = try StoreFixture(factory)
    try fixture.sequence(delays: delays)
    return fixture
  }

  private func accept(_ fixture: StoreFixture, at moment: Instant? = nil) throws -> ClockCorrection {
    try fixture.store.acceptClock(by: note(at: moment), reason: "NTP was off", isDryRun: false)
  }

  private func changes(_ correction: ClockCorrection) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: correction.changes.map { ($0.what, $0.count) })
  }

  /// Two messages are sent eight hours ahead, one stays in the queue.
  private func sentAhead(_ factory: StoreFactory, pace: Double = 15, hour: Int? = nil) throws -> StoreFixture {
    let fixture = try scene(factory)
    try fixture.queue(3, on: "D1", hour: hour, pace: pace)
    try fixture.finish(try fixture.claim(at: ahead), .accepted(gatewayID: nil), at: ahead)
    let second = ahead.advanced(bySeconds: 30)
    try fixture.finish(try fixture.claim(at: second), .accepted(gatewayID: nil), at: second)
    return fixture
  }

  // MARK: - Without a correction

  @Test(arguments: StoreFactory.all)
  func `a pace recorded eight hours ahead delays the next message by its longest pause, not by hours`(
    factory: StoreFactory
  ) throws {
    let fixture = try sentAhead(factory)
    #expect(try fixture.claim().isEmpty)
    #expect(
      try fixture.row("SELECT next_send_at FROM user_devices") == ["\(now.milliseconds + 15_000)"],
      "the limit is on record, so that it does not move on with the clock")
    #expect(try fixture.claim(at: now.advanced(bySeconds: 14)).isEmpty)
    #expect(try fixture.claim(at: now.advanced(bySeconds: 15)).count == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `a device whose pace was removed does not wait for a recorded pause`(factory: StoreFactory) throws {
    let fixture = try sentAhead(factory)
    try fixture.execute("UPDATE user_devices SET pace_min_s = 0, pace_max_s = 0")
    #expect(try fixture.claim().count == 1)
    #expect(try fixture.row("SELECT next_send_at FROM user_devices") == ["-"])
  }

  @Test(arguments: StoreFactory.all)
  func `messages sent ahead count towards a limit until the clock has passed them by its window`(
    factory: StoreFactory
  ) throws {
    let fixture = try sentAhead(factory, pace: 0, hour: 3)
    // Without a pace all three left at once, in the future.
    try fixture.enrolment("late", device: DeviceKey(1))
    try fixture.queueAll(on: DeviceKey(1))
    #expect(try fixture.claim().isEmpty)
    #expect(try fixture.claim(at: ahead.advanced(bySeconds: 3599)).isEmpty)
    let line = try #require(try fixture.store.devicesNow(at: now).lines.first)
    #expect(line.unavailableBecause?.hasSuffix("3 of its sends are dated ahead of the clock") == true, "\(line)")
    #expect(try fixture.claim(at: ahead.advanced(bySeconds: 3600)).count == 1)
  }

  // MARK: - Finding them

  @Test(arguments: StoreFactory.all)
  func `the newest time on record is reported only beyond the tolerance`(factory: StoreFactory) throws {
    let fixture = try sentAhead(factory)
    let newest = ahead.advanced(bySeconds: 30)
    #expect(try fixture.store.newestAhead(of: now) == newest)
    #expect(try fixture.store.newestAhead(of: newest.advanced(bySeconds: -61)) == newest)
    #expect(try fixture.store.newestAhead(of: newest.advanced(bySeconds: -60)) == nil)
    #expect(try fixture.store.newestAhead(of: ahead.advanced(bySeconds: 86_400)) == nil)
  }

  @Test(arguments: StoreFactory.all)
  func `a decision, an enrolment and an open attempt ahead are found at a start`(factory: StoreFactory) throws {
    for change in [
      "UPDATE decisions SET at = at + 86400000", "UPDATE sequence_contacts SET enrolled_at = enrolled_at + 86400000",
      "UPDATE attempts SET started_at = started_at + 86400000",
    ] {
      let fixture = try scene(factory)
      try fixture.queue(1, on: "D1")
      _ = try fixture.claim()
      #expect(try fixture.store.newestAhead(of: now) == nil)
      try fixture.execute(change)
      try fixture.execute(Self.consumedTriggers)
      #expect(try fixture.store.newestAhead(of: now) != nil, "\(change)")
      #expect(try !fixture.store.timesAhead(of: now).lines.isEmpty, "\(change)")
    }
  }

  @Test(arguments: StoreFactory.all)
  func `integrity counts times ahead and names the newest`(factory: StoreFactory) throws {
    let fixture = try sentAhead(factory)
    let check = { (moment: Instant?) in
      try fixture.store.integrity(at: moment).checks.first { $0.name == "not-ahead-of-clock" }
    }
    #expect(try check(nil) == nil, "it needs a clock")
    let found = try #require(try check(now))
    #expect(found.examples.first == "2 attempts, the newest at 2026-11-22T17:00:30Z", "\(found)")
    #expect(found.violations == 5, "two attempts, the device and two contacts: \(found)")
    #expect(try check(ahead.advanced(bySeconds: 3600))?.violations == 0)
  }

  // MARK: - Accepting the clock

  @Test(arguments: StoreFactory.all)
  func `sends move back together, so that the newest is dated now and distances stay`(factory: StoreFactory) throws {
    let fixture = try sentAhead(factory)
    let correction = try accept(fixture)
    #expect(correction.shiftMilliseconds == (8 * 3600 + 30) * 1000)
    #expect(
      try fixture.rows("SELECT started_at, finished_at FROM attempts ORDER BY id")
        == ([-30, 0] as [Int64]).map { seconds in Array(repeating: "\(now.milliseconds + seconds * 1000)", count: 2) })
    #expect(
      try fixture.rows("SELECT sent_at FROM broadcast_messages WHERE sent_at IS NOT NULL ORDER BY id")
        == ([-30, 0] as [Int64]).map { ["\(now.milliseconds + $0 * 1000)"] })
    #expect(try fixture.row("SELECT last_sent_at, next_send_at FROM user_devices") == ["\(now.milliseconds)", "-"])
    #expect(try fixture.store.newestAhead(of: now) == nil)
    #expect(try fixture.claim().count == 1, "nothing blocks any more")
    #expect(try fixture.store.integrity(at: now).isSound)
  }

  @Test(arguments: StoreFactory.all)
  func `the step after a message sent ahead is due its delay after the corrected time`(factory: StoreFactory) throws {
    let fixture = try sentAhead(factory)
    #expect(try changes(accept(fixture))["due steps"] == 2)
    #expect(
      try fixture.rows("SELECT due_at, next_at FROM sequence_contacts WHERE current_step = 2 ORDER BY id")
        == ([30, 60] as [Int64]).map { seconds in Array(repeating: "\(now.milliseconds + seconds * 1000)", count: 2) })
  }

  @Test(arguments: StoreFactory.all)
  func `sends that are kept by periods have their corrected times`(factory: StoreFactory) throws {
    let fixture = try scene(factory, delays: [0])
    try fixture.queue(29, on: "D1")
    for hour in 0...28 {
      let moment = now.advanced(bySeconds: Int64(hour) * 3600)
      try fixture.finish(try fixture.claim(limit: 1, at: moment), .accepted(gatewayID: nil), at: moment)
    }
    #expect(try fixture.count("SELECT count(*) FROM send_periods") > 10)
    // The clock was right for 20 hours, and then ahead. The sends move into hours whose sends are kept already.
    let right = now.advanced(bySeconds: 20 * 3600)
    #expect(try accept(fixture, at: right).shiftMilliseconds == 8 * 3600 * 1000)
    #expect(try fixture.store.integrity(at: right).isSound)
    #expect(
      try fixture.count(
        """
        SELECT count(*) FROM attempts
        WHERE finished_at > \(right.advanced(bySeconds: -8 * 3600).milliseconds) AND finished_at <= \(right.milliseconds)
        """) == 16)
  }

  @Test(arguments: StoreFactory.all)
  func `a message queued before its step is due waits until it is`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let device = try fixture.device("D1")
    let tomorrow = now.advanced(bySeconds: 86_400)
    try fixture.enrolment("early", device: device, dueAt: tomorrow)
    try fixture.enrolment("due", device: device)
    try fixture.queueAll(on: device, at: tomorrow.advanced(bySeconds: 5))
    #expect(try fixture.claim().isEmpty)
    let correction = try accept(fixture)
    #expect(changes(correction) == ["queued messages": 2], "\(correction)")
    #expect(correction.shiftMilliseconds == 0)
    #expect(try fixture.store.timesAhead(of: now).lines.isEmpty, "decisions up to now are accepted")
    #expect(try fixture.store.integrity(at: now).isSound)
    #expect(try fixture.claim().map(\.contact.text) == ["welcome/due"])
    #expect(try fixture.claim(at: tomorrow.advanced(bySeconds: -1)).isEmpty)
    #expect(try fixture.claim(at: tomorrow).map(\.contact.text) == ["welcome/early"])
  }

  @Test(arguments: StoreFactory.all)
  func `a wait that was decided ahead ends now, and one that began in time stays`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.device("D1")
    for lead in ["ahead", "in time", "repeated"] { try fixture.enrolment(lead.replacing(" ", with: "-")) }
    let wait = { (moment: Instant) in
      _ = try fixture.store.decide(tenant: fixture.acme, limit: 1, at: moment, epoch: fixture.epoch) { _ in
        .wait(
          StoreFixture.decision(.wait(until: moment.advanced(bySeconds: 900))), until: moment.advanced(bySeconds: 900))
      }
    }
    try wait(ahead)
    try wait(now)
    try wait(now)
    // An expired wait with the same answer writes only its next time.
    try fixture.execute(
      "UPDATE sequence_contacts SET next_at = ?1 WHERE external_id = 'welcome/repeated'",
      [ahead.advanced(bySeconds: 900).milliseconds])
    #expect(try changes(accept(fixture)) == ["waits": 2])
    #expect(
      try fixture.rows("SELECT next_at FROM sequence_contacts ORDER BY id").map { $0[0] }
        == ([0, 900_000, 0] as [Int64]).map { "\(now.milliseconds + $0)" })
  }

  @Test(arguments: StoreFactory.all)
  func `enrolments, leases, suspensions and triggers ahead move back`(factory: StoreFactory) throws {
    let fixture = try scene(factory, delays: [3600])
    let device = try fixture.device("D1")
    try fixture.enrolment("new", device: device, dueAt: ahead.advanced(bySeconds: 3600))
    try fixture.execute("UPDATE sequence_contacts SET enrolled_at = ?1", [ahead.milliseconds])
    try fixture.execute(Self.consumedTriggers)
    try fixture.lead("open", triggers: ["NEW"])
    try fixture.execute("UPDATE lead_triggers SET next_at = ?1 WHERE consumed_at IS NULL", [ahead.milliseconds])
    try fixture.execute(
      """
      INSERT INTO policy_streaks (tenant_id, revision, policy, faults, last_fault, suspended_at)
      VALUES (1, ?1, 'assigned', 20, 'no', ?2)
      """, [StoreFixture.digest, ahead.milliseconds])
    let correction = try accept(fixture)
    #expect(
      changes(correction) == ["enrolments": 1, "waits before enrolment": 1, "suspensions of policies": 1],
      "\(correction)")
    #expect(
      try fixture.row("SELECT enrolled_at, due_at, next_at FROM sequence_contacts")
        == ([0, 3_600_000, 3_600_000] as [Int64]).map { "\(now.milliseconds + $0)" })
  }

  /// The triggers that enrolled the contacts.
  private static let consumedTriggers = """
    INSERT INTO lead_triggers (tenant_id, lead_id, trigger, consumed_at, consumed_reason, created_at)
    SELECT tenant_id, lead_id, 'T' || id, enrolled_at, 'enrolled', 0 FROM sequence_contacts
    """

  @Test(arguments: StoreFactory.all)
  func `an enrolment that an import dated ahead holds nobody, and is not sent early`(factory: StoreFactory) throws {
    let fixture = try scene(factory, delays: [0])
    let device = try fixture.device("D1")
    let due = ahead.advanced(bySeconds: 3600)
    try fixture.enrolment("planned", device: device, dueAt: due)
    try fixture.execute("UPDATE sequence_contacts SET enrolled_at = due_at")
    #expect(try fixture.store.newestAhead(of: now) == nil)
    #expect(try changes(accept(fixture)).isEmpty)
    let row = try fixture.row("SELECT enrolled_at, due_at, next_at FROM sequence_contacts")
    #expect(row == [due, due, due].map { "\($0.milliseconds)" })
  }

  @Test(arguments: StoreFactory.all)
  func `a due time that does not follow from a send ahead stays`(factory: StoreFactory) throws {
    let fixture = try scene(factory, delays: [0, 3600])
    for id in ["D1", "D2"] { try fixture.queue(1, on: id) }
    try fixture.finish(try fixture.claim(at: ahead), .accepted(gatewayID: nil), at: ahead)
    let set = ahead.advanced(bySeconds: 86_400)
    try fixture.execute(
      "UPDATE sequence_contacts SET due_at = ?1, next_at = ?1 WHERE id = (SELECT max(id) FROM sequence_contacts)",
      [set.milliseconds])
    #expect(try changes(accept(fixture))["due steps"] == 1)
    let due = try fixture.rows("SELECT due_at FROM sequence_contacts ORDER BY id").map { $0[0] }
    #expect(due == ["\(now.milliseconds + 3_600_000)", "\(set.milliseconds)"])
  }

  @Test(arguments: StoreFactory.all)
  func `a pause after a fault moves back, and an operator's pause stays`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for id in ["D1", "D2"] { try fixture.queue(1, on: id) }
    let claimed = try fixture.claim(at: ahead)
    try fixture.finish(claimed, .deviceFault(reason: "disconnected", pauseSeconds: 300), at: ahead)
    let end = ahead.advanced(bySeconds: 3600)
    try fixture.store.pauseDevice(
      DeviceID("D2")!, of: TenantID("acme")!, until: end, reason: "repair", actor: "ann", at: ahead)
    #expect(try changes(accept(fixture))["pauses after faults"] == 1)
    #expect(
      try fixture.rows("SELECT paused_until FROM user_devices ORDER BY id")
        == [["\(now.milliseconds + 300_000)"], ["\(end.milliseconds)"]])
  }

  @Test(arguments: StoreFactory.all)
  func `accepting ends the hold, is on record, and finds nothing the second time`(factory: StoreFactory) throws {
    let fixture = try sentAhead(factory)
    let hold = try fixture.store.holdForClock(reason: "ahead", actor: "usher", at: now, epoch: fixture.epoch)
    #expect(try fixture.store.holdForClock(reason: "again", actor: "usher", at: now, epoch: fixture.epoch) == hold)
    #expect(try fixture.claim(at: now.advanced(bySeconds: 60)).isEmpty)
    #expect(try fixture.store.releaseHold(of: nil, reason: "over", actor: "ann", at: now).released == nil)
    #expect(try accept(fixture).released == hold)
    #expect(try fixture.store.holds().isEmpty)
    #expect(
      try fixture.rows("SELECT action, actor, subject, reason FROM audit ORDER BY id DESC LIMIT 2")
        == [["accept", "ann", "store", "NTP was off"], ["release", "ann", "store", "NTP was off"]])
    let before = try fixture.everything()
    #expect(try accept(fixture).isNothing)
    #expect(try fixture.everything() == before)
  }

  @Test(arguments: StoreFactory.all)
  func `a dry run counts the same changes and writes nothing`(factory: StoreFactory) throws {
    let fixture = try sentAhead(factory)
    let before = try fixture.everything()
    let dry = try fixture.store.acceptClock(by: note(), reason: "try", isDryRun: true)
    #expect(try fixture.everything() == before)
    let real = try accept(fixture)
    #expect(dry.isDryRun && dry.changes == real.changes && dry.found == real.found)
  }

  @Test(arguments: StoreFactory.all)
  func `a clock before the first tenant cannot be accepted`(factory: StoreFactory) throws {
    let fixture = try sentAhead(factory)
    let before = try fixture.everything()
    #expect(throws: OperatorError.self) { try accept(fixture, at: Instant(rfc3339: "1970-01-01T00:00:07Z")!) }
    #expect(try fixture.everything() == before)
  }
}

extension StoreFixture {
  /// A device with so many queued messages.
  fileprivate func queue(_ count: Int, on id: String, hour: Int? = nil, pace: Double = 0) throws {
    let device = try device(id, hour: hour, pace: pace)
    for number in 0..<count { try enrolment("\(id)-\(number)", device: device) }
    try queueAll(on: device)
  }
}
