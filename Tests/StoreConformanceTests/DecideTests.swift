import Routing
import RoutingTestKit
import Testing

struct DecideTests {
  /// SQLite reads due rows in chunks of this size.
  private let rowsAtOnce = 64
  private let first = DeviceKey(1)
  private let second = DeviceKey(2)

  private func scene(_ factory: StoreFactory) throws -> StoreFixture {
    let fixture = try StoreFixture(factory)
    try fixture.device("D1")
    try fixture.device("D2")
    try fixture.sequence()
    return fixture
  }

  private func use(_ device: DeviceKey, moves: Bool = false) -> StepCommit {
    .queue(StoreFixture.decision(.use(device: 0)), device: device, moves: moves, content: "Hi")
  }

  @Test(arguments: StoreFactory.all)
  func `a due step has everything that a policy may read`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let lead = try fixture.lead(
      "L1", phone: "+60123456789", tags: #"["vip","kl"]"#,
      attributes: #"{"city":"KL","age":30,"score":1.5,"paid":true,"none":null,"list":[1]}"#)
    let key = try fixture.enrolment(ofLead: lead, device: first)
    try fixture.execute("UPDATE sequence_contacts SET last_device_id = ?1, attempts = 3", [second.raw])
    var seen: [DueStep] = []
    _ = try fixture.decide {
      seen.append($0)
      return use(first)
    }
    let contact = Contact(
      key: key, id: ContactID("welcome/L1")!, phone: "+60123456789", name: "Lead L1", sequence: "welcome",
      step: 1, assignedDevice: DeviceID("D1"), assignedKey: first, dueAt: fixture.now.advanced(bySeconds: -60),
      attempts: 3,
      lastDevice: DeviceID("D2"), tags: ["vip", "kl"],
      attributes: [
        Parameter("city", .text("KL")), Parameter("age", .integer(30)), Parameter("score", .number(1.5)),
        Parameter("paid", .boolean(true)), Parameter("none", .text("null")), Parameter("list", .text("[1]")),
      ])
    #expect(seen == [DueStep(contact: contact, content: "Step 1")])
  }

  @Test(arguments: StoreFactory.all)
  func `a queued step writes a decision, a message and its enrolment together`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    let decision = StoreFixture.decision(.use(device: 0), reason: "owner", notes: ["a \"note\""])
    let counts = try fixture.decide { _ in .queue(decision, device: first, moves: false, content: "Hi Aina") }
    #expect(counts.decided == 1 && counts.queued == 1)
    #expect(
      try fixture.row(
        "SELECT outcome, device_id, assigned_device_id, reason, seed, instructions, until, notes, previous_id FROM decisions"
      )
        == ["use", "1", "1", "owner", "42", "7", "-", #"["a \"note\""]"#, "-"])
    #expect(
      try fixture.row(
        "SELECT status, device_id, content, decision_id, recipient_phone FROM broadcast_messages")
        == ["pending", "1", "Hi Aina", "1", "+60120000001"])
    #expect(
      try fixture.row(
        "SELECT status, next_at, reason, last_decision_id, assigned_device_id FROM sequence_contacts")
        == ["queued", "-", "-", "1", "1"])
  }

  @Test(arguments: StoreFactory.all)
  func `a fallback leaves the assignment, a move takes it along with its history`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    try fixture.enrolment("L2", device: first)
    _ = try fixture.decide { due in use(second, moves: due.contact.id.text == "welcome/L2") }
    #expect(
      try fixture.rows("SELECT external_id, assigned_device_id FROM sequence_contacts ORDER BY id")
        == [["welcome/L1", "1"], ["welcome/L2", "2"]])
    #expect(
      try fixture.rows(
        "SELECT sequence_contact_id, device_id, decision_id, reason, actor FROM assignments ORDER BY id")
        == [
          ["1", "1", "-", "imported", "import"], ["2", "1", "-", "imported", "import"],
          ["2", "2", "2", "because", "assigned"],
        ])
    #expect(try fixture.rows("SELECT outcome FROM decisions ORDER BY id") == [["use"], ["move"]])
  }

  @Test(arguments: StoreFactory.all)
  func `a wait keeps its reason, its end and its fault, and is due again then`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    let until = fixture.now.advanced(bySeconds: 60)
    let capacity = fixture.now.advanced(bySeconds: 90)
    let decision = StoreFixture.decision(
      .wait(until: until), reason: "line 3: broken", fault: Fault(.runtime, "line 3: broken", line: 3),
      capacityAt: capacity)
    let counts = try fixture.decide { _ in .wait(decision, until: until) }
    #expect(counts.waiting == 1 && counts.faults == 1 && counts.decided == 1)
    #expect(
      try fixture.row("SELECT status, next_at, reason, capacity_at, attempts FROM sequence_contacts")
        == ["waiting", "\(until.milliseconds)", "line 3: broken", "\(capacity.milliseconds)", "1"])
    #expect(
      try fixture.row("SELECT outcome, until, error_kind, error_line FROM decisions")
        == ["wait", "\(until.milliseconds)", "runtime", "3"])
    #expect(try fixture.decide { _ in use(first) }.decided == 0)
    let later = try fixture.store.decide(
      tenant: fixture.acme, limit: 1, at: until, epoch: fixture.epoch, decide: { _ in use(first) })
    #expect(later.queued == 1)
    #expect(try fixture.row("SELECT previous_id FROM decisions WHERE id = 2") == ["1"])
    #expect(try fixture.row("SELECT capacity_at, reason FROM sequence_contacts") == ["-", "-"])
  }

  @Test(arguments: StoreFactory.all)
  func `a skipped step schedules the next one, and the last one completes`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1")
    let skip = StepCommit.skip(StoreFixture.decision(.skip))
    #expect(try fixture.decide { _ in skip }.skipped == 1)
    let next = fixture.now.advanced(bySeconds: 60)
    #expect(
      try fixture.row("SELECT status, current_step, due_at, next_at FROM sequence_contacts")
        == ["scheduled", "2", "\(next.milliseconds)", "\(next.milliseconds)"])
    _ = try fixture.store.decide(
      tenant: fixture.acme, limit: 1, at: next, epoch: fixture.epoch, decide: { _ in skip })
    #expect(
      try fixture.row("SELECT status, current_step, next_at, ended_at FROM sequence_contacts")
        == ["completed", "2", "-", "\(next.milliseconds)"])
    #expect(try fixture.count("SELECT count(*) FROM broadcast_messages") == 0)
  }

  @Test(arguments: StoreFactory.all)
  func `a cancelled enrolment ends with its reason and no decision`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", optedOut: true)
    var wasOptedOut = false
    let counts = try fixture.decide {
      wasOptedOut = $0.isOptedOut
      return .cancel(reason: "opted out", code: .optedOut)
    }
    #expect(wasOptedOut && counts.cancelled == 1 && counts.decided == 1)
    #expect(
      try fixture.row("SELECT status, reason, next_at, ended_at FROM sequence_contacts")
        == ["cancelled", "opted out", "-", "\(fixture.now.milliseconds)"])
    #expect(try fixture.count("SELECT count(*) FROM decisions") == 0)
  }

  @Test(arguments: StoreFactory.all)
  func `the longest due comes first, then the smallest key, up to the limit`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for (lead, seconds) in [("A", -10), ("B", -30), ("C", -30), ("D", 1)] {
      try fixture.enrolment(lead, dueAt: fixture.now.advanced(bySeconds: Int64(seconds)))
    }
    var seen: [String] = []
    _ = try fixture.decide(limit: 2) {
      seen.append($0.contact.id.text)
      return use(first)
    }
    #expect(seen == ["welcome/B", "welcome/C"])
    _ = try fixture.decide {
      seen.append($0.contact.id.text)
      return use(first)
    }
    #expect(seen == ["welcome/B", "welcome/C", "welcome/A"])
  }

  @Test(arguments: StoreFactory.all)
  func `a batch of many rows decides each step once, whatever is written meanwhile`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let sequence = try fixture.sequence("flood", trigger: nil, delays: [0, 0, 0])
    let paused = try fixture.sequence("paused", trigger: nil, status: "paused")
    var random = SeededRandom(seed: 7)
    var waits = 0
    let count = rowsAtOnce * 3 + 5
    for number in 0..<count {
      let dueAt = fixture.now.advanced(bySeconds: -Int64(random.next() % 4))
      try fixture.enrolment("L\(number)", in: number % 9 == 0 ? paused : sequence, dueAt: dueAt)
    }
    for limit in [rowsAtOnce, rowsAtOnce * 2 + 3, 10_000, 10_000, 10_000] {
      let expected = try fixture.rows(
        """
        SELECT c.external_id, c.current_step FROM sequence_contacts c JOIN sequences q ON q.id = c.sequence_id
        WHERE c.next_at <= \(fixture.now.milliseconds) AND q.status = 'active' ORDER BY c.next_at, c.id LIMIT \(limit)
        """)
      var seen: [[String]] = []
      let counts = try fixture.decide(limit: limit) { due in
        seen.append([due.contact.id.text, "\(due.contact.step)"])
        switch random.next() % 4 {
        case 0: return .skip(StoreFixture.decision(.skip))
        // Each wait has a reason of its own: a repeated answer is not recorded.
        case 1:
          waits += 1
          let decision = StoreFixture.decision(.wait(until: fixture.now), reason: "wait \(waits)")
          return .wait(decision, until: fixture.now)
        case 2: return .cancel(reason: "enough", code: .optedOut)
        default: return use(random.next() % 2 == 0 ? first : second, moves: random.next() % 2 == 0)
        }
      }
      #expect(seen == expected)
      #expect(counts.decided == expected.count)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `a batch that fails far into its rows leaves nothing behind`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for number in 0..<rowsAtOnce * 2 { try fixture.enrolment("L\(number)") }
    let before = try fixture.everything()
    var seen = 0
    #expect(throws: StoreError.conflict("enough")) {
      try fixture.decide(limit: 10_000) { _ in
        seen += 1
        if seen == rowsAtOnce + 10 { throw StoreError.conflict("enough") }
        return use(first)
      }
    }
    #expect(try fixture.everything() == before)
    #expect(try fixture.decide(limit: 10_000) { _ in use(first) }.queued == rowsAtOnce * 2)
  }

  @Test(arguments: StoreFactory.all)
  func `however late a step is, it is still due (I-29)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", dueAt: Instant(milliseconds: 0))
    #expect(try fixture.decide { _ in use(first) }.queued == 1)
  }

  @Test(arguments: StoreFactory.all, ["draft", "paused", "archived"])
  func `the steps of a sequence that is not active are not due (I-54, I-57)`(factory: StoreFactory, status: String)
    throws
  {
    let fixture = try scene(factory)
    let other = try fixture.sequence("other", status: status)
    try fixture.enrolment("L1", in: other)
    #expect(try fixture.decide { _ in use(first) }.decided == 0)
    #expect(try fixture.row("SELECT status FROM sequence_contacts") == ["scheduled"])
  }

  @Test(arguments: StoreFactory.all)
  func `another tenant's steps are not visible`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let other = try fixture.tenant("other")
    let sequence = try fixture.sequence("theirs", tenant: other)
    try fixture.enrolment("L1", in: sequence, tenant: other)
    #expect(try fixture.decide { _ in use(first) }.decided == 0)
  }

  @Test(arguments: StoreFactory.all)
  func `another tenant's device makes the whole batch fail (I-51)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let theirs = try fixture.device("X1", tenant: try fixture.tenant("other"))
    try fixture.enrolment("L1")
    let before = try fixture.everything()
    #expect(throws: StoreError.self) { try fixture.decide { _ in use(theirs) } }
    #expect(try fixture.everything() == before)
  }

  @Test(arguments: StoreFactory.all)
  func `a batch whose decision throws leaves nothing behind (I-55)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    struct Stop: Error {}
    for lead in ["A", "B", "C"] { try fixture.enrolment(lead, device: first) }
    let before = try fixture.everything()
    #expect(throws: Stop.self) {
      try fixture.decide { due in
        if due.contact.id.text == "welcome/C" { throw Stop() }
        return use(second, moves: true)
      }
    }
    #expect(try fixture.everything() == before)
    #expect(try fixture.decide { _ in use(first) }.queued == 3)
  }

  @Test(arguments: StoreFactory.all)
  func `a revision that is not on record is refused`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1")
    let unknown = "sha256:" + String(repeating: "b", count: 64)
    let decision = StoreFixture.decision(.use(device: 0), revision: unknown)
    #expect(throws: StoreError.self) {
      try fixture.decide { _ in .queue(decision, device: first, moves: false, content: "Hi") }
    }
  }

  @Test(
    arguments: StoreFactory.all,
    [
      (#"[1]"#, "{}", "tags"), (#"["a"]"#, #"{"a":1,"a":2}"#, "attributes"),
    ])
  func `a row that cannot be read waits an hour with its reason and the others continue (I-47)`(
    factory: StoreFactory, row: (String, String, String)
  ) throws {
    let (tags, attributes, column) = row
    let fixture = try scene(factory)
    try fixture.enrolment("bad", tags: tags, attributes: attributes)
    try fixture.enrolment("good")
    var asked: [String] = []
    let counts = try fixture.decide {
      asked.append($0.contact.id.text)
      return use(first)
    }
    #expect(asked == ["welcome/good"])
    #expect(counts.decided == 2 && counts.queued == 1 && counts.waiting == 1 && counts.faults == 1)
    let row = try fixture.row("SELECT status, next_at, reason FROM sequence_contacts WHERE id = 1")
    #expect(row[0] == "waiting" && row[1] == "\(fixture.now.milliseconds + 3_600_000)")
    #expect(row[2].hasPrefix("this contact's row cannot be read: \(column): "))
    #expect(try fixture.count("SELECT count(*) FROM decisions") == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `a number that no gateway accepts never becomes a message (I-59)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1")
    try fixture.execute("UPDATE sequence_contacts SET contact_phone = '0123456789'")
    #expect(try fixture.decide { _ in use(first) }.queued == 0)
    #expect(try fixture.row("SELECT reason FROM sequence_contacts")[0].contains("contact_phone"))
  }

  @Test(arguments: StoreFactory.all)
  func `a reason that is empty or begins with a NUL does not make the batch fail`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("A")
    try fixture.enrolment("B")
    let until = fixture.now.advanced(bySeconds: 5)
    _ = try fixture.decide { due in
      let reason = due.contact.id.text == "welcome/A" ? "" : "\0later"
      return .wait(StoreFixture.decision(.wait(until: until), reason: reason), until: until)
    }
    #expect(
      try fixture.rows("SELECT reason FROM sequence_contacts ORDER BY id")
        == [["no reason given"], ["\u{FFFD}later"]])
  }

  /// The states of a message, and the device of its enrolment.
  @Test(
    arguments: StoreFactory.all,
    [
      ("status = 'pending'", ["queued", "1", "-"]),
      ("status = 'unknown', error = 'timed out'", ["queued", "1", "timed out"]),
      ("status = 'sent', sent_at = 1000", ["scheduled", "2", "-"]),
      ("status = 'expired', error = 'late'", ["scheduled", "2", "-"]),
      ("status = 'failed', error = 'no such number'", ["failed", "1", "no such number"]),
      ("status = 'cancelled', error = 'stopped'", ["cancelled", "1", "stopped"]),
    ])
  func `a step that already has a message is corrected, not decided again (I-12, I-13, I-23)`(
    factory: StoreFactory, row: (String, [String])
  ) throws {
    let (message, enrolment) = row
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    try fixture.queueAll(on: first)
    try fixture.execute("UPDATE broadcast_messages SET \(message)")
    try fixture.execute("UPDATE sequence_contacts SET status = 'scheduled', next_at = due_at")
    let counts = try fixture.decide { _ in
      Issue.record("a second decision was requested")
      return use(second)
    }
    #expect(counts == DecisionCounts())
    #expect(try fixture.count("SELECT count(*) FROM broadcast_messages") == 1)
    #expect(try fixture.row("SELECT status, current_step, reason FROM sequence_contacts") == enrolment)
  }

  @Test(arguments: StoreFactory.all)
  func `the device is not part of a message's identity (I-14)`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    try fixture.queueAll(on: first)
    try fixture.execute(
      "UPDATE sequence_contacts SET assigned_device_id = ?1, status = 'scheduled', next_at = due_at",
      [second.raw])
    try fixture.queueAll(on: second)
    #expect(try fixture.rows("SELECT device_id FROM broadcast_messages") == [["1"]])
    #expect(throws: (any Error).self) {
      try fixture.execute(
        """
        INSERT INTO broadcast_messages (tenant_id, sequence_id, sequence_contact_id, sequence_step_id, decision_id,
          recipient_phone, device_id, content, created_at)
        SELECT tenant_id, sequence_id, sequence_contact_id, sequence_step_id, decision_id, recipient_phone, device_id,
          content, created_at FROM broadcast_messages
        """)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `a message is never deleted and never changes its device without a decision (I-01, I-30)`(factory: StoreFactory)
    throws
  {
    let fixture = try scene(factory)
    try fixture.enrolment("L1", device: first)
    try fixture.queueAll(on: first)
    #expect(throws: (any Error).self) { try fixture.execute("DELETE FROM broadcast_messages") }
    #expect(throws: (any Error).self) {
      try fixture.execute("UPDATE broadcast_messages SET device_id = ?1", [second.raw])
    }
  }

  @Test(arguments: StoreFactory.all)
  func `a snapshot visits the same steps in the same order and writes nothing`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for (lead, seconds) in [("A", -10), ("B", -30), ("C", -20)] {
      try fixture.enrolment(lead, dueAt: fixture.now.advanced(bySeconds: Int64(seconds)))
    }
    try fixture.enrolment("bad", tags: "[1]")
    let before = try fixture.everything()
    var visited: [DueStep] = []
    try fixture.store.read { snapshot in
      try snapshot.visitDue(tenant: fixture.acme, limit: 100, at: fixture.now) { visited.append($0) }
    }
    #expect(try fixture.everything() == before)
    var decided: [DueStep] = []
    _ = try fixture.decide {
      decided.append($0)
      return use(first)
    }
    #expect(visited == decided && visited.count == 3)
  }
}

extension StoreFixture {
  fileprivate func decide(limit: Int = 100, _ body: (DueStep) throws -> StepCommit) throws -> DecisionCounts {
    try store.decide(tenant: acme, limit: limit, at: now, epoch: epoch, decide: body)
  }
}
