import Routing
import RoutingTestKit
import Testing

/// The kept totals equal the counts of the rows, whoever changes them.
struct KeptTotalTests {
  private static let queries = [
    (
      "SELECT sequence_step_id, status, messages FROM message_totals WHERE messages <> 0 ORDER BY 1, 2",
      """
      SELECT sequence_step_id, status, count(*) FROM broadcast_messages
      WHERE status NOT IN ('pending', 'sending') GROUP BY 1, 2 ORDER BY 1, 2
      """
    ),
    (
      "SELECT sequence_id, step, state, enrolments FROM enrolment_totals WHERE enrolments <> 0 ORDER BY 1, 2, 3",
      """
      SELECT sequence_id, current_step, CASE WHEN ended_at IS NULL THEN 'open' ELSE status END, count(*)
      FROM sequence_contacts GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      """
    ),
    (
      "SELECT device_id, contacts FROM contact_totals WHERE contacts <> 0 ORDER BY 1",
      """
      SELECT coalesce(assigned_device_id, 0), count(*) FROM sequence_contacts WHERE ended_at IS NULL GROUP BY 1 ORDER BY 1
      """
    ),
  ]

  private func expectAgreement(_ subject: any StoreUnderTest, _ place: Comment) throws {
    for (kept, counted) in KeptTotalTests.queries {
      #expect(try subject.rows(kept) == subject.rows(counted), place)
    }
    let found = try subject.store.integrity().checks.filter { $0.name.hasSuffix("-agree") && $0.violations > 0 }
    #expect(found.isEmpty, place)
    try expectFunnels(subject, place)
  }

  /// The funnels, counted from the rows by the statements of version 14.
  private func expectFunnels(_ subject: any StoreUnderTest, _ place: Comment) throws {
    var reported: Set<[String]> = []
    let report = try subject.store.sequences()
    for step in report.sequences.flatMap({ sequence in sequence.steps.map { (sequence.id, $0) } }) {
      for (status, count) in step.1.enrolments where count != 0 {
        reported.insert(["enrolments", step.0, "\(step.1.ordinal)", status.rawValue, "\(count)"])
      }
      for (status, count) in step.1.messages where count != 0 {
        reported.insert(["messages", step.0, "\(step.1.ordinal)", status.rawValue, "\(count)"])
      }
    }
    let counted = try subject.rows(
      """
      SELECT 'enrolments', q.external_id, c.current_step, c.status, count(*)
      FROM sequence_contacts c JOIN sequences q ON q.id = c.sequence_id GROUP BY 2, 3, 4
      UNION ALL
      SELECT 'messages', q.external_id, s.ordinal, m.status, count(*)
      FROM broadcast_messages m JOIN sequence_steps s ON s.id = m.sequence_step_id JOIN sequences q ON q.id = s.sequence_id
      GROUP BY 2, 3, 4
      """)
    #expect(reported == Set(counted), place)
    #expect(try subject.rows("SELECT count(*) FROM sequence_contacts") == [["\(report.enrolments)"]], place)
  }

  @Test(arguments: StoreFactory.all, [1, 2, 3])
  func `after any operations the totals are the counts`(factory: StoreFactory, seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let fixture = try StoreFixture(factory)
    let devices = try (1...3).map { try fixture.device("D\($0)") }
    try fixture.sequence(delays: [0, 0, 60])
    var clock = fixture.now
    for round in 0..<40 {
      clock = clock.advanced(bySeconds: Int64.random(in: 0...90, using: &random))
      try operate(fixture, devices, round, at: clock, &random)
      try expectAgreement(fixture.subject, "seed \(seed), round \(round)")
    }
    let copy = try factory.make()
    let result = try copy.store.importFile(
      ByteSource(try fixture.store.exportedBytes()), ImportOptions(now: fixture.now))
    #expect(result.badLineCount == 0)
    try expectAgreement(copy, "seed \(seed), imported")
  }

  private func operate(
    _ fixture: StoreFixture, _ devices: [DeviceKey], _ round: Int, at now: Instant, _ random: inout SeededRandom
  ) throws {
    let store = fixture.store
    let device = devices.randomElement(using: &random)!
    let contact = ContactID("welcome/L\(Int.random(in: 0...max(round, 1), using: &random))")!
    switch Int.random(in: 0..<8, using: &random) {
    case 0: try fixture.enrolment("L\(round)", device: Bool.random(using: &random) ? device : nil)
    case 1:
      try fixture.lead("L\(round)", device: device, triggers: ["NEW"])
      _ = try store.enrol(
        tenant: fixture.acme, limit: 9, at: now, generation: nil, epoch: fixture.epoch, isOver: { false },
        choose: { _ in .enrol(device: device, reason: "chosen") })
    case 2, 3:
      var choices = SeededRandom(seed: random.next())
      _ = try store.decide(tenant: fixture.acme, limit: 3, at: now, epoch: fixture.epoch) { due in
        switch Int.random(in: 0..<5, using: &choices) {
        case 0: .skip(StoreFixture.decision(.skip))
        case 1: .cancel(reason: "stopped", code: .optedOut)
        default:
          .queue(
            StoreFixture.decision(.use(device: 0)), device: device, moves: Bool.random(using: &choices), content: "Hi")
        }
      }
    case 4, 5:
      for message in try fixture.claim(limit: 3, at: now) {
        let outcomes: [SendOutcome] = [
          .accepted(gatewayID: nil), .accepted(gatewayID: "g"), .refused(reason: "no"), .unknown(reason: "timed out"),
          .notSent(reason: "stopped"),
        ]
        try fixture.finish([message], outcomes.randomElement(using: &random)!, at: now)
      }
    case 6:
      // Refused for a contact without such a message.
      try? store.retryContact(contact, of: TenantID("acme")!, actor: "ann", at: now)
      try? store.reassignContact(
        contact, of: TenantID("acme")!, to: DeviceID("D1")!, reason: "test", actor: "ann", at: now)
    default: _ = try? store.optOut(contact.text, of: TenantID("acme")!, actor: "ann", at: now)
    }
  }

  @Test(
    arguments: StoreFactory.all,
    [
      ("UPDATE message_totals SET messages = messages + 1", "totals-agree"),
      ("UPDATE enrolment_totals SET enrolments = enrolments + 1", "totals-agree"),
      ("DELETE FROM contact_totals", "totals-agree"),
      ("UPDATE kept_totals SET is_grouped = 1", "totals-agree"),
      ("DELETE FROM message_periods", "periods-agree"),
      ("UPDATE message_periods SET first_id = 99", "periods-agree"),
      ("INSERT INTO send_periods (period, device_id, sends) VALUES (1, 1, x'00000000')", "periods-agree"),
    ])
  func `a total that is not the count is found`(factory: StoreFactory, row: (String, String)) throws {
    let fixture = try StoreFixture(factory)
    let device = try fixture.device("D1")
    try fixture.sequence()
    for lead in ["a", "b"] { try fixture.enrolment(lead, device: device) }
    try fixture.queueAll(on: device, limit: 1)
    try fixture.finish(try fixture.claim(), .accepted(gatewayID: "g"))
    #expect(try fixture.store.integrity().isSound)
    try fixture.execute(row.0)
    let found = try fixture.store.integrity().checks.filter { $0.violations > 0 }
    #expect(found.contains { $0.name == row.1 }, "\(found)")
  }

  @Test(arguments: StoreFactory.all)
  func `a failed batch changes no total and leaves the counting to the triggers`(factory: StoreFactory) throws {
    let fixture = try StoreFixture(factory)
    let device = try fixture.device("D1")
    try fixture.sequence()
    for lead in ["a", "b"] { try fixture.enrolment(lead, device: device) }
    try fixture.queueAll(on: device)
    let messages = try fixture.claim()
    try fixture.finish([messages[0]], .accepted(gatewayID: "g"))
    // The first message is no longer being sent.
    #expect(throws: StoreError.self) { try fixture.finish([messages[1], messages[0]], .accepted(gatewayID: "g")) }
    try expectAgreement(fixture.subject, "after the failure")
    try fixture.finish([messages[1]], .refused(reason: "no"))
    try fixture.enrolment("after", device: device)
    try expectAgreement(fixture.subject, "after the next batch")
  }

  @Test(arguments: StoreFactory.all)
  func `the window finds messages whose times do not follow their keys`(factory: StoreFactory) throws {
    let fixture = try StoreFixture(factory)
    let device = try fixture.device("D1")
    try fixture.sequence()
    for (lead, seconds) in [("a", 0), ("b", 7200), ("c", -7200), ("d", 3600)] as [(String, Int64)] {
      try fixture.enrolment(lead, device: device, dueAt: fixture.now.advanced(bySeconds: -90_000))
      try fixture.queueAll(on: device, at: fixture.now.advanced(bySeconds: seconds))
    }
    for (seconds, count) in [(7201, 0), (7200, 1), (3601, 1), (3600, 2), (1, 2), (0, 3), (-7199, 3), (-7200, 4)]
      as [(Int64, Int)]
    {
      let since = fixture.now.advanced(bySeconds: seconds)
      #expect(try fixture.store.mismatches(since: since, tenant: nil).total == count, "since \(seconds) s")
    }
    let last = try #require(try fixture.store.lastMessages(2))
    #expect(last.oldest == fixture.now.advanced(bySeconds: -7200) && last.last == fixture.now.advanced(bySeconds: 3600))
    #expect(try fixture.store.lastMessages(3)?.oldest == fixture.now.advanced(bySeconds: 7200))
    #expect(try #require(try fixture.store.lastMessages(4)).oldest == nil, "no message is older")
  }
}
