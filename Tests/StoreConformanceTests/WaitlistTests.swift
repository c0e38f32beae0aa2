import Routing
import RoutingTestKit
import StoreSQL
import Testing

/// Waitlists in a store: who is asked, in which order, and what is written (I-72, I-73).
struct WaitlistTests {
  private let day: Int64 = 86_400

  private func scene(_ factory: StoreFactory, queues: [Int?] = [0, 0]) throws -> StoreFixture {
    let fixture = try StoreFixture(factory)
    for (index, queue) in queues.enumerated() { try fixture.device("D\(index + 1)", queue: queue) }
    try fixture.sequence()
    return fixture
  }

  private func limit(_ fixture: StoreFixture, _ device: Int64, _ queue: Int) throws {
    try fixture.execute("UPDATE user_devices SET limit_queue = ?1 WHERE id = ?2", [queue, device])
  }

  private let device = { (id: String) in Waitlist.device(DeviceID(stored: id)) }

  private func later(_ fixture: StoreFixture, _ seconds: Int64) -> Instant { fixture.now.advanced(bySeconds: seconds) }

  @Test(arguments: StoreFactory.all)
  func `a waiting contact stands on its list until it gets a message`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for lead in ["a", "b", "c", "d"] { try fixture.enrolment(lead) }
    let lists: [String: Waitlist] = [
      "welcome/a": .fleet, "welcome/b": device("D1"), "welcome/c": .filter(DeviceFilter(tag: "vip")),
      "welcome/d": .filter(DeviceFilter()),
    ]
    let choose = { (due: DueStep, fleet: Fleet) in
      WaitingDecider.choose([0, 1], in: fleet, orWaitFor: lists[due.contact.id.text]!)
    }
    try fixture.cycle(choose)
    let query = """
      SELECT c.external_id, w.device_id, w.filter FROM sequence_contacts c LEFT JOIN waitlists w ON w.id = c.waitlist_id
      ORDER BY c.id
      """
    #expect(
      try fixture.rows(query) == [
        ["welcome/a", "-", "-"], ["welcome/b", "1", "-"], ["welcome/c", "-", #"{"tag":"vip"}"#],
        ["welcome/d", "-", "-"],
      ])
    #expect(try fixture.count("SELECT count(*) FROM sequence_contacts WHERE waitlist_id IS NOT NULL") == 4)
    #expect(try fixture.count("SELECT count(*) FROM waitlists") == 3)
    try limit(fixture, 1, 9)
    let decider = try fixture.cycle(at: later(fixture, 1), choose)
    #expect(decider.asked == ["welcome/a", "welcome/b", "welcome/d"])
    #expect(try fixture.count("SELECT count(*) FROM sequence_contacts WHERE status = 'queued'") == 3)
    #expect(try fixture.count("SELECT count(*) FROM sequence_contacts WHERE waitlist_id IS NOT NULL") == 1)
    #expect(try fixture.store.integrity().isSound)
  }

  @Test(arguments: StoreFactory.all)
  func `without capacity a cycle asks nobody and writes nothing`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for lead in 1...70 { try fixture.enrolment("L\(lead)") }
    let choose = { (due: DueStep, fleet: Fleet) in WaitingDecider.choose([0, 1], in: fleet, orWaitFor: .fleet) }
    #expect(try fixture.cycle(choose).asked.count == 70)
    let before = try fixture.everything()
    for second in 1...3 {
      let decider = try fixture.cycle(at: later(fixture, Int64(second)), choose)
      #expect(decider.asked.isEmpty)
    }
    #expect(try fixture.everything() == before)
    try limit(fixture, 2, 5)
    var counts = DecisionCounts()
    let decider = try fixture.cycle(at: later(fixture, 4), counts: { counts += $0 }, choose)
    #expect(decider.asked == (1...5).map { "welcome/L\($0)" })
    #expect(counts.decided == 5 && counts.queued == 5)
  }

  @Test(arguments: StoreFactory.all)
  func `who waits for a device goes before who comes later (K9)`(factory: StoreFactory) throws {
    let fixture = try scene(factory, queues: [2, 100])
    let choose = { (due: DueStep, fleet: Fleet) in WaitingDecider.choose([0], in: fleet, orWaitFor: device("D1")) }
    for lead in 1...12 { try fixture.enrolment("L\(lead)", dueAt: later(fixture, Int64(lead) - 60)) }
    try fixture.cycle(choose)
    // Capacity for one each ten minutes, a newcomer each ten minutes; D2 is idle.
    var served: [String] = []
    for round in 1...10 {
      try fixture.enrolment("N\(round)", dueAt: later(fixture, Int64(round) * 600))
      try limit(fixture, 1, 2 + round)
      let decider = try fixture.cycle(at: later(fixture, Int64(round) * 600), choose)
      #expect(decider.asked.last == "welcome/N\(round)")
      served += decider.asked.dropLast()
    }
    #expect(served == (3...12).map { "welcome/L\($0)" })
  }

  @Test(arguments: StoreFactory.all)
  func `contacts whose filter has no waitlist are counted`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for lead in 1...70 { try fixture.enrolment("L\(lead)") }
    try fixture.enrolment("fleet")
    let beyond = { try fixture.store.readHistory { try $0.contactsBeyondFilters(of: $0.tenants()[0].key) } }
    #expect(try beyond() == 0)
    try fixture.cycle { due, fleet in
      let name = String(due.contact.id.text.dropFirst("welcome/".count))
      let list = name == "fleet" ? Waitlist.fleet : .filter(DeviceFilter(tag: name))
      return WaitingDecider.choose([0, 1], in: fleet, orWaitFor: list)
    }
    #expect(try fixture.count("SELECT count(*) FROM waitlists WHERE filter IS NOT NULL") == 64)
    #expect(try beyond() == 6, "the contact that waits for the fleet does not count")
  }

  @Test(arguments: StoreFactory.all)
  func `an answer that repeats the last one is not recorded`(factory: StoreFactory) throws {
    let fixture = try scene(factory, queues: [1])
    try fixture.enrolment("a")
    var reason = "not mine"
    let wait = { (due: DueStep, fleet: Fleet) in
      WaitingDecider.wait(.fleet, until: fleet.now.advanced(bySeconds: 1000), reason: reason)
    }
    let state = "SELECT attempts, next_at, (SELECT count(*) FROM decisions) FROM sequence_contacts"
    try fixture.cycle(wait)
    let first = try fixture.row(state)
    // Asked because of capacity: nothing is written.
    var counts = DecisionCounts()
    try limit(fixture, 1, 2)
    #expect(try fixture.cycle(at: later(fixture, 10), counts: { counts += $0 }, wait).asked.count == 1)
    #expect(try fixture.row(state) == first && counts == DecisionCounts())
    // Asked because its time has come: only the next time is, and the attempt.
    #expect(try fixture.cycle(at: later(fixture, 1000), counts: { counts += $0 }, wait).asked.count == 1)
    let second = try fixture.row(state)
    #expect(counts == DecisionCounts() && [second[0], second[2]] == ["2", "1"] && second[1] > first[1])
    // Another reason is another answer.
    reason = "still not mine"
    #expect(try fixture.cycle(at: later(fixture, 2000), counts: { counts += $0 }, wait).asked.count == 1)
    #expect(try fixture.row(state)[2] == "2" && counts.waiting == 1)
    #expect(try fixture.row(state)[0] == "3")
  }

  @Test(arguments: StoreFactory.all)
  func `another waitlist, code, revision or a fault is another answer`(factory: StoreFactory) throws {
    let fixture = try scene(factory, queues: [0])
    try fixture.enrolment("a")
    let until = later(fixture, 10)
    let answer = { (list: Waitlist?, code: ReasonCode?, fault: Fault?) in
      { (due: DueStep, fleet: Fleet) -> StepCommit in
        var decision = StoreFixture.decision(.wait(until: until), fault: fault)
        (decision.waitlist, decision.code) = (list, code)
        return .wait(decision, until: until)
      }
    }
    let answers = [
      answer(.fleet, nil, nil), answer(device("D1"), nil, nil), answer(nil, nil, nil), answer(nil, .noOpinion, nil),
      answer(nil, nil, Fault(.runtime, "no")), answer(nil, nil, Fault(.runtime, "no")), answer(nil, nil, nil),
    ]
    for (index, answer) in answers.enumerated() {
      try fixture.cycle(at: later(fixture, 10 * Int64(index)), answer)
      #expect(try fixture.count("SELECT count(*) FROM decisions") == index + 1)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `a failed batch is forgotten, and its contacts are asked again`(factory: StoreFactory) throws {
    struct Failure: Error {}
    let fixture = try scene(factory, queues: [0])
    for lead in ["a", "b", "c"] { try fixture.enrolment(lead) }
    let wait = { (due: DueStep, fleet: Fleet) in WaitingDecider.choose([], in: fleet, orWaitFor: .fleet) }
    try fixture.cycle(wait)
    try limit(fixture, 1, 1)
    #expect(throws: Failure.self) {
      try fixture.cycle(at: later(fixture, 1)) { due, fleet in
        if due.contact.id.text == "welcome/c" { throw Failure() }
        return wait(due, fleet)
      }
    }
    #expect(try fixture.cycle(at: later(fixture, 2), wait).asked.count == 3)
    #expect(try fixture.cycle(at: later(fixture, 3), wait).asked.isEmpty)
    // Another process knows nothing of that and asks once more.
    let other = try fixture.subject.reopen(.readWrite)
    let epoch = try other.becomeLeader(processID: 2, at: later(fixture, 4))
    #expect(try fixture.cycle(at: later(fixture, 4), epoch: epoch, in: other, wait).asked.count == 3)
    #expect(try fixture.cycle(at: later(fixture, 5), epoch: epoch, in: other, wait).asked.isEmpty)
  }

  @Test(arguments: StoreFactory.all)
  func `a tenant has at most 64 waitlists of filters, and an empty one is used again`(factory: StoreFactory) throws {
    let fixture = try scene(factory, queues: [0])
    for lead in 1...70 { try fixture.enrolment("L\(lead)") }
    let tags = { (due: DueStep, fleet: Fleet) -> StepCommit in
      WaitingDecider.choose(
        [0], in: fleet, orWaitFor: .filter(DeviceFilter(tag: String(due.contact.id.text.dropFirst(9)))))
    }
    try fixture.cycle(tags)
    let counts = "SELECT count(filter), count(*) FROM waitlists"
    #expect(try fixture.row(counts) == ["64", "65"])
    let onFleet = """
      SELECT count(*) FROM sequence_contacts c JOIN waitlists w ON w.id = c.waitlist_id WHERE w.filter IS NULL
      """
    #expect(try fixture.count(onFleet) == 6)
    // The first two contacts leave: their lists are free for other filters.
    try fixture.execute("UPDATE user_devices SET tags = '[\"1\",\"2\"]', limit_queue = 2")
    let decider = try fixture.cycle(at: later(fixture, 1), tags)
    #expect(decider.asked == ["welcome/L1", "welcome/L2"])
    for lead in 71...73 { try fixture.enrolment("L\(lead)") }
    try fixture.cycle(at: later(fixture, 2), tags)
    #expect(try fixture.row(counts) == ["64", "65"])
    #expect(try fixture.count(onFleet) == 7)
    #expect(try fixture.count("SELECT count(*) FROM waitlists WHERE filter = '{\"tag\":\"71\"}'") == 1)
    try fixture.execute("UPDATE user_devices SET tags = '[\"71\"]', limit_queue = 3")
    // The fleet's list is open too: its contacts see a device with capacity.
    #expect(try fixture.cycle(at: later(fixture, 3), tags).asked.first == "welcome/L65")
    #expect(try fixture.store.integrity().isSound)
  }

  @Test(arguments: StoreFactory.all)
  func `ends of waits for capacity are spread, and plain waits end exactly`(factory: StoreFactory) throws {
    let fixture = try scene(factory, queues: [0])
    for lead in 1...50 { try fixture.enrolment("L\(lead)") }
    let until = later(fixture, day)
    try fixture.cycle { due, fleet in
      var decision = StoreFixture.decision(.wait(until: until))
      if due.contact.id.text != "welcome/L50" { decision.waitlist = .fleet }
      return .wait(decision, until: until)
    }
    let times = try fixture.rows("SELECT next_at FROM sequence_contacts ORDER BY id").map { Int64($0[0])! }
    #expect(times[49] == until.milliseconds)
    #expect(Set(times).count == 50)
    #expect(times.allSatisfy { $0 <= until.milliseconds && $0 >= later(fixture, day * 9 / 10).milliseconds })
    #expect(try fixture.count("SELECT count(DISTINCT until) FROM decisions") == 1)
  }

  @Test(arguments: StoreFactory.all)
  func `a snapshot visits waiting contacts first, longest due first, and each step once`(factory: StoreFactory) throws {
    let fixture = try scene(factory, queues: [0])
    for (lead, due) in [("a", -10), ("b", -30), ("c", -20)] {
      try fixture.enrolment(lead, dueAt: later(fixture, Int64(due)))
    }
    try fixture.cycle { due, fleet in WaitingDecider.choose([0], in: fleet, orWaitFor: .fleet, seconds: 5) }
    try fixture.enrolment("d", dueAt: later(fixture, -40))
    func visited(_ limit: Int, at seconds: Int64) throws -> [String] {
      var ids: [String] = []
      try fixture.store.read { snapshot in
        try snapshot.visitDue(tenant: fixture.acme, limit: limit, at: later(fixture, seconds)) {
          ids.append($0.contact.id.text)
        }
      }
      return ids
    }
    for seconds in [1, 100] as [Int64] {
      #expect(try visited(9, at: seconds) == ["welcome/b", "welcome/c", "welcome/a", "welcome/d"])
    }
    #expect(try visited(2, at: 1) == ["welcome/b", "welcome/c"])
  }

  @Test(arguments: StoreFactory.all)
  func `a waitlist is exported and imported, and a round trip changes nothing`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    for lead in ["a", "b", "c", "d"] { try fixture.enrolment(lead) }
    try fixture.cycle { due, fleet in
      switch due.contact.id.text {
      case "welcome/a": WaitingDecider.choose([], in: fleet, orWaitFor: .fleet)
      case "welcome/b": WaitingDecider.choose([], in: fleet, orWaitFor: device("D2"))
      case "welcome/c":
        WaitingDecider.choose(
          [], in: fleet, orWaitFor: .filter(DeviceFilter(tag: "vip", platform: "sms", except: DeviceID(stored: "D1"))))
      default: StepCommit.wait(StoreFixture.decision(.wait(until: later(fixture, 9))), until: later(fixture, 9))
      }
    }
    let text = String(decoding: try fixture.store.exportedBytes(), as: UTF8.self)
    let lists = text.split(separator: "\n").filter { $0.hasPrefix(#"{"type":"enrolment""#) }.map {
      String($0[$0.range(of: #""waitlist":"#)!.upperBound...].dropLast())
    }
    #expect(
      lists == [#""fleet""#, #"{"device":"D2"}"#, #"{"tag":"vip","platform":"sms","except":"D1"}"#, "null"])
    let before = try fixture.everything()
    let result = try fixture.store.importFile(ByteSource(Array(text.utf8)), ImportOptions(now: later(fixture, 1)))
    #expect(result.badLineCount == 0)
    let after = try fixture.everything()
    for table in ["sequence_contacts", "waitlists"] { #expect(after[table] == before[table]) }
    let copy = try StoreFactory.sqlite.make()
    _ = try copy.store.importFile(ByteSource(Array(text.utf8)), ImportOptions(now: later(fixture, 1)))
    #expect(String(decoding: try copy.store.exportedBytes(), as: UTF8.self) == text)
  }
}
