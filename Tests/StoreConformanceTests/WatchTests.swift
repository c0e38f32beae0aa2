import Routing
import RoutingTestKit
import Testing

/// A `StoreMonitor` shows the store's content, however often it looks and whatever happens between two looks.
struct WatchTests {
  private func watch(_ store: any Store) -> any StoreMonitoring { store.watch(stopwatch: { 0 }) }

  /// A tenant with two devices, an enrolment, and a message.
  private func scene(_ factory: StoreFactory) throws -> StoreFixture {
    let fixture = try StoreFixture(factory)
    let device = try fixture.device("D1", hour: 10)
    try fixture.device("D2", status: "offline")
    try fixture.sequence()
    try fixture.enrolment("L1", device: device)
    try fixture.decisions([(fixture.now.advanced(bySeconds: -7200), "use", false)])
    try fixture.execute(
      """
      INSERT INTO broadcast_messages (tenant_id, sequence_id, sequence_contact_id, sequence_step_id, decision_id,
        recipient_phone, device_id, content, created_at) VALUES (1, 1, 1, 1, 1, '+601', 1, 'x', 0)
      """)
    return fixture
  }

  @Test(arguments: StoreFactory.all)
  func `loads equal those of the report on devices, look after look`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let watch = watch(fixture.store)
    var now = fixture.now
    var random = SeededRandom(seed: 7)
    for step in 0..<60 {
      // Some are recorded a while after they ended, as if a transaction took long.
      for _ in 0..<Int(random.next() % 4) {
        let age = Int64(random.next() % 50_000)
        let device = DeviceKey(Int64(1 + random.next() % 2))
        try fixture.attempt(
          device: device, at: now.advanced(byMilliseconds: -age),
          outcome: random.next() % 5 == 0 ? "unknown" : "accepted")
      }
      let overview = try watch.look(at: now)
      let report = try fixture.store.devices(at: now)
      #expect(overview.devices.count == report.lines.count)
      for (seen, line) in zip(overview.devices, report.lines) {
        #expect(seen.load.sentMinute == line.sums.sentMinute, "step \(step)")
        #expect(seen.load.sentHour == line.sums.sentHour, "step \(step)")
        #expect(seen.load.sentDay == line.sums.sentDay, "step \(step)")
        #expect(seen.load.queued == line.sums.queued && seen.load.failuresHour == line.sums.failuresHour)
        #expect(seen.refusal?.text == line.unavailableBecause, "step \(step)")
      }
      now = now.advanced(byMilliseconds: Int64(random.next() % 200_000))
    }
  }

  @Test(arguments: StoreFactory.all)
  func `decisions of the window are counted by outcome, the first time and afterwards`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let now = fixture.now
    let at = { (seconds: Int64) in now.advanced(bySeconds: -seconds) }
    try fixture.decisions(
      [
        (at(3000), "use", false), (at(600), "move", false), (at(600), "wait", false), (at(20), "wait", true),
        (at(15), "skip", false),
      ])
    let watch = watch(fixture.store)
    func counts(_ window: Int64, _ tally: DecisionTally) -> [Int] {
      DecisionTally.Kind.allCases.map { tally.count($0, of: nil, window: window, at: now) }
    }
    let first = try watch.look(at: now).decisions
    #expect(counts(3_600_000, first) == [1, 1, 1, 1, 1])
    #expect(counts(900_000, first) == [0, 1, 1, 1, 1])
    #expect(counts(60_000, first) == [0, 0, 0, 1, 1])
    #expect(first.completeFrom <= now.advanced(byMilliseconds: -3_590_000))
    #expect(first.rate(.skip, of: TenantID(stored: "acme"), at: now) == 1 / 60.0)
    #expect(first.count(.use, of: TenantID(stored: "globex"), window: 3_600_000, at: now) == 0)
    try fixture.decisions((0..<40).map { _ in (at(1), "use", false) })
    #expect(counts(60_000, try watch.look(at: now).decisions) == [40, 0, 0, 1, 1])
    #expect(counts(60_000, try watch.look(at: now).decisions) == [40, 0, 0, 1, 1], "nothing is counted twice")
    let later = now.advanced(bySeconds: 4000)
    #expect(try watch.look(at: later).decisions.count(.use, of: nil, window: 3_600_000, at: later) == 0)
  }

  @Test(arguments: StoreFactory.all)
  func `of very many decisions the last ones are read, and the rest is noted`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    // Numbered as if there were many before: 1,000,000 back from the last is after the first of the hour.
    try fixture.decisions([(fixture.now.advanced(bySeconds: -1200), "use", false)])
    for number in 0..<4 {
      try fixture.execute(
        """
        INSERT INTO decisions (id, tenant_id, sequence_contact_id, sequence_step_id, outcome, device_id, reason,
          revision_id, seed, instructions, at)
        VALUES (?1, 1, 1, 1, 'use', 1, 'r', 1, 0, 0, ?2)
        """, [1_000_100 + number, fixture.now.milliseconds - 600_000 + Int64(number)])
    }
    let tally = try watch(fixture.store).look(at: fixture.now).decisions
    #expect(tally.isCut && tally.completeFrom == fixture.now.advanced(byMilliseconds: -600_000))
    #expect(tally.count(.use, of: nil, window: 3_600_000, at: fixture.now) == 4)
    #expect(!tally.covers(window: 900_000, at: fixture.now) && tally.covers(window: 300_000, at: fixture.now))
  }

  @Test(arguments: StoreFactory.all)
  func `waiting contacts are counted by tenant and reason, and again after a pause`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for lead in ["L2", "L3", "L4"] { try fixture.enrolment(lead) }
    let setReason = { (reason: String, lead: Int) in
      try fixture.execute("UPDATE sequence_contacts SET status = 'waiting', reason = ?1 WHERE id = ?2", [reason, lead])
    }
    try setReason("full", 2)
    try setReason("full", 3)
    var time = 0.0
    let watch = fixture.store.watch(
      stopwatch: {
        time += 1
        return time
      })
    #expect(
      try watch.look(at: fixture.now).waiting.lines == [
        .init(tenant: TenantID(stored: "acme"), reason: "full", contacts: 2)
      ])
    try setReason("offline", 4)
    #expect(try watch.look(at: fixture.now).waiting.lines.count == 1, "the count took 1 ms, and is not repeated for 50")
    time += 50
    let reasons = try watch.look(at: fixture.now).waiting.reasons(of: nil)
    #expect(reasons.map(\.reason) == ["full", "offline"] && reasons.map(\.contacts) == [2, 1])
  }

  @Test(arguments: StoreFactory.all)
  func `overdue contacts are reported with the time since when`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L2", dueAt: fixture.now.advanced(bySeconds: -300))
    try fixture.enrolment("L3", dueAt: fixture.now.advanced(bySeconds: 300))
    let overview = try watch(fixture.store).look(at: fixture.now)
    #expect(
      overview.overdue == [
        .init(tenant: TenantID(stored: "acme"), contacts: 2, since: fixture.now.advanced(bySeconds: -300))
      ])
    #expect(!overview.hasMoreOverdue)
  }

  @Test(arguments: StoreFactory.all)
  func `ids are found by their beginning, of one tenant or of all`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let globex = try fixture.tenant("globex")
    try fixture.device("D10", tenant: globex)
    let store = fixture.store
    #expect(try store.ids(.tenant, of: nil, startingWith: "", limit: 10) == ["acme", "globex"])
    #expect(try store.ids(.device, of: nil, startingWith: "D1", limit: 10) == ["D1", "D10"])
    #expect(try store.ids(.device, of: "globex", startingWith: "D", limit: 10) == ["D10"])
    #expect(try store.ids(.device, of: nil, startingWith: "", limit: 1) == ["D1"])
    #expect(try store.ids(.contact, of: nil, startingWith: "%", limit: 10).isEmpty)
  }
}

extension StoreFixture {
  /// An attempt whose message was sent, or may have been.
  fileprivate func attempt(device: DeviceKey, at moment: Instant, outcome: String = "accepted") throws {
    try execute(
      """
      INSERT INTO attempts (tenant_id, message_id, device_id, number, epoch, started_at, finished_at, outcome)
      VALUES (1, (SELECT min(id) FROM broadcast_messages), ?1, (SELECT count(*) + 1 FROM attempts), 1, ?2, ?2, ?3)
      """, [device.raw, moment.milliseconds, outcome])
  }

  fileprivate func decisions(_ rows: [(at: Instant, outcome: String, isFault: Bool)]) throws {
    for row in rows {
      let isPlaced = row.outcome == "use" || row.outcome == "move"
      try execute(
        """
        INSERT INTO decisions (tenant_id, sequence_contact_id, sequence_step_id, outcome, device_id, reason,
          revision_id, seed, instructions, until, error_kind, at)
        VALUES (1, 1, 1, ?1, ?2, 'r', 1, 0, 0, ?3, ?4, ?5)
        """,
        [
          row.outcome, isPlaced ? Int64(1) : nil, row.outcome == "wait" ? row.at.milliseconds + 1000 : nil,
          row.isFault ? "runtime" : nil, row.at.milliseconds,
        ])
    }
  }
}
