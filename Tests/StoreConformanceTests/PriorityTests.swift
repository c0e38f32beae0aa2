import Routing
import RoutingTestKit
import Testing

/// Priorities of steps and messages, and the bulk share, in stores.
struct PriorityTests {
  private func scene(_ factory: StoreFactory) throws -> StoreFixture {
    let fixture = try StoreFixture(factory)
    for (number, priority) in Priority.allCases.enumerated() {
      try fixture.sequence("s\(number)", trigger: nil)
      try fixture.execute(
        "UPDATE sequence_steps SET priority = ?1 WHERE sequence_id = ?2 AND ordinal = 1",
        [priority.rawValue, number + 1])
    }
    return fixture
  }

  /// Queues messages of these priorities on a device, in this order. Their keys count from 1.
  private func queue(
    _ priorities: [Priority], on device: DeviceKey, in fixture: StoreFixture, _ name: String = "L"
  ) throws {
    for (number, priority) in priorities.enumerated() {
      try fixture.enrolment("\(name)\(number)", in: Int64(priority.rawValue + 1), device: device)
      try fixture.queueAll(on: device)
    }
  }

  @Test(arguments: StoreFactory.all)
  func `decisions, messages and waits record the step's priority`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    let device = try fixture.device("D1")
    try queue([.bulk, .urgent, .normal], on: device, in: fixture)
    #expect(try fixture.rows("SELECT priority FROM broadcast_messages ORDER BY id") == [["2"], ["0"], ["1"]])
    #expect(try fixture.rows("SELECT priority FROM decisions ORDER BY id") == [["2"], ["0"], ["-"]])
    try fixture.enrolment("later", in: 3, device: device)
    var seen: [Priority] = []
    _ = try fixture.store.decide(tenant: fixture.acme, limit: 9, at: fixture.now, epoch: fixture.epoch) { due in
      seen.append(due.contact.priority)
      let until = fixture.now.advanced(bySeconds: 60)
      return .wait(StoreFixture.decision(.wait(until: until)), until: until)
    }
    #expect(seen == [.bulk])
    #expect(try fixture.row("SELECT priority FROM sequence_contacts WHERE status = 'waiting'") == ["2"])
  }

  @Test(arguments: StoreFactory.all, 1...6 as ClosedRange<UInt64>)
  func `a device sends urgent messages first, then normal, then bulk, each oldest first (I-68)`(
    factory: StoreFactory, seed: UInt64
  ) throws {
    var random = SeededRandom(seed: seed)
    let fixture = try scene(factory)
    let device = try fixture.device("D1")
    let priorities = (0..<30).map { _ in Priority.allCases.randomElement(using: &random)! }
    try queue(priorities, on: device, in: fixture)
    var left = Array(priorities.enumerated()).sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }
    while !left.isEmpty {
      let count = Int.random(in: 1...7, using: &random)
      let claimed = try fixture.claim(limit: count)
      let expected = left.prefix(count)
      #expect(claimed.map(\.key.raw) == expected.map { Int64($0.offset + 1) }, "seed \(seed)")
      #expect(claimed.map(\.priority) == expected.map(\.element))
      left.removeFirst(claimed.count)
      // A message that comes back takes its place again.
      if let last = claimed.last, Bool.random(using: &random) {
        try fixture.finish([last], .notSent(reason: "busy"))
        left.insert((Int(last.key.raw) - 1, last.priority), at: 0)
        left.sort { ($0.element, $0.offset) < ($1.element, $1.offset) }
      }
    }
  }

  @Test(arguments: StoreFactory.all)
  func `the number of messages ahead follows the order of the queue`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try queue([.bulk, .normal, .urgent, .bulk], on: try fixture.device("D1"), in: fixture)
    let ahead = try fixture.store.readHistory { history in
      try (1...4).map { try history.messagesAhead(of: MessageKey($0)) }
    }
    #expect(ahead == [2, 1, 0, 3])
  }

  @Test(arguments: StoreFactory.all, ["minute", "hour", "day", "queue"])
  func `bulk messages leave the rest of each limit to others (I-68)`(factory: StoreFactory, limit: String) throws {
    let fixture = try scene(factory)
    let device = try fixture.device(
      "D1", minute: limit == "minute" ? 10 : nil, hour: limit == "hour" ? 10 : nil, day: limit == "day" ? 10 : nil,
      queue: limit == "queue" ? 10 : nil)
    try fixture.execute("UPDATE tenants SET bulk_share = 50")
    try queue(Array(repeating: .bulk, count: 12), on: device, in: fixture)
    #expect(try fixture.claim(limit: 3).count == 3)
    #expect(try fixture.claim().count == 2, "five of ten are bulk, and all of them are being sent")
    #expect(try fixture.claim().isEmpty)
    try queue(Array(repeating: .normal, count: 6) + [.urgent], on: device, in: fixture, "N")
    let rest = try fixture.claim()
    #expect(rest.map(\.priority) == [.urgent] + Array(repeating: .normal, count: 4))
    #expect(try fixture.claim().isEmpty)
  }

  @Test(arguments: StoreFactory.all)
  func `a share of 0 stops bulk messages on devices with limits only`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try fixture.execute("UPDATE tenants SET bulk_share = 0")
    try queue([.bulk, .normal], on: try fixture.device("D1", hour: 10), in: fixture)
    try queue([.bulk], on: try fixture.device("D2"), in: fixture, "M")
    #expect(try fixture.claim().map { "\($0.device) \($0.priority.name)" } == ["D1 normal", "D2 bulk"])
    #expect(try fixture.claim().isEmpty)
  }

  @Test(arguments: StoreFactory.all)
  func `an operator moves a queued message forward, on record`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try queue([.normal, .normal, .bulk], on: try fixture.device("D1"), in: fixture)
    let acme = TenantID("acme")!
    let prioritise = { (contact: String, priority: Priority) in
      try fixture.store.prioritiseContact(
        ContactID(contact)!, of: acme, as: priority, reason: "waits", actor: "ann", at: fixture.now)
    }
    try prioritise("s2/L2", .urgent)
    let shown = try fixture.store.contact(ContactID("s2/L2")!, of: acme)
    #expect(shown.priority == .bulk && shown.queuedPriority == .urgent)
    // The same priority again changes nothing.
    try prioritise("s2/L2", .urgent)
    #expect(try fixture.claim().map(\.key.raw) == [3, 1, 2])
    #expect(
      try fixture.rows("SELECT action, subject, detail, reason FROM audit")
        == [["prioritise", "contact s2/L2", "message 3 from bulk to urgent", "waits"]])
    let error = #expect(throws: OperatorError.self) { try prioritise("s2/L2", .bulk) }
    #expect(error?.code == .stateConflict && error?.message.contains("found one that is sending") == true)
    #expect(try fixture.store.contact(ContactID("s2/L2")!, of: acme).queuedPriority == nil, "it is in flight")
    try fixture.enrolment("new", in: 1)
    let none = #expect(throws: OperatorError.self) { try prioritise("s0/new", .bulk) }
    #expect(none?.message.contains("found none (the contact is scheduled)") == true)
    #expect(throws: OperatorError.self) { try prioritise("s0/nobody", .bulk) }
  }

  @Test(arguments: StoreFactory.all)
  func `a contact shows its step's priority and the priority of its messages`(factory: StoreFactory) throws {
    let fixture = try scene(factory)
    try queue([.urgent], on: try fixture.device("D1"), in: fixture)
    let contact = try fixture.store.contact(ContactID("s0/L0")!, of: TenantID("acme")!)
    #expect(contact.priority == .urgent && contact.messages.map(\.priority) == [.urgent])
  }
}
