import Operations
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import Representations

/// Counts of waiting contacts by waitlist, in reports and in `top`.
struct WaitingReportTests {
  private let acme = TenantID("acme")!
  private let d1 = Waitlist.device(DeviceID("D1")!)

  /// Leads 1 to 6 wait for D1, which sends two messages an hour; leads 7 and 8 for devices with a tag; 9 for a time.
  private func instance() throws -> TestInstance {
    let source = """
      return { name = 'queueing', select = function(contact, fleet)
        local own = contact.device
        if not own then return wait('later', 600) end
        if own.id == 'D2' then return wait_for({ tag = 'vip' }, 'no vip', 3600) end
        if own.can_accept_more then return use(own, 'owner') end
        return wait_for(own, 'owner unavailable', 7200)
      end }
      """
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "queueing")
    scenario.device("D1", hour: 2, pace: [0, 0])
    scenario.device("D2")
    scenario.device("D3", status: "offline", tags: ["vip"])
    scenario.sequence(delays: [0])
    for lead in 1...6 { scenario.lead(lead, device: "D1") }
    for lead in 7...8 { scenario.lead(lead, device: "D2") }
    scenario.lead(9)
    return try TestInstance(scenario, files: ["queueing": source], gateway: FakeGateway())
  }

  @Test func `waiting contacts are reported by waitlist and reason`() async throws {
    let instance = try instance()
    try await instance.step(seconds: 60)
    let report = try WaitingQuery().run(instance.store, at: instance.clock.now())
    #expect(!report.isPast)
    #expect(report.lines.map(\.group.waitlist) == [d1, .filter(DeviceFilter(tag: "vip")), nil])
    #expect(report.lines.map(\.group.contacts) == [4, 2, 1])
    #expect(report.lines.map(\.group.reason) == ["owner unavailable", "no vip", "later"])
    #expect(report.lines.allSatisfy { $0.group.dueSince == TestInstance.start })
    #expect(report.lines[0].first?.servedAt?.rfc3339 == "2026-11-22T10:00:00Z")
    #expect(report.lines[0].last?.servedAt?.rfc3339 == "2026-11-22T11:00:00Z")
    #expect(report.lines[0].last?.perHour == 2)
    #expect(report.lines[1].first?.obstacle == .refused(2, .status(.offline)))
    #expect(report.lines[2].first == nil)
    #expect(report.lines[2].group.decidedAgain?.lowerBound.rfc3339 == "2026-11-22T09:10:00Z")
  }

  /// Contacts of three sequences wait for D1: two urgent, four normal and six bulk ones.
  private func mixed(bulkShare: Int = 50) throws -> TestInstance {
    let source = """
      return { select = function(contact, fleet)
        if contact.device.can_accept_more then return use(contact.device, 'owner') end
        return wait_for(contact.device, 'owner unavailable', 86400)
      end }
      """
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "queueing", bulkShare: bulkShare)
    scenario.device("D1", status: "offline", hour: 4, pace: [0, 0])
    for (index, priority) in Priority.allCases.enumerated() {
      scenario.sequence(priority.name, trigger: priority.name, delays: [0], priorities: [priority])
      for lead in 0..<(index + 1) * 2 { scenario.lead(index * 10 + lead, device: "D1", triggers: [priority.name]) }
    }
    let instance = try TestInstance(scenario, files: ["queueing": source], gateway: FakeGateway())
    try instance.decide()
    try instance.store.setDeviceStatus(
      DeviceID("D1")!, of: acme, to: .online, reason: "t", actor: "me", at: instance.clock.now())
    return instance
  }

  private func pause(_ sequence: String, _ instance: TestInstance) throws {
    let paused = #"{"type":"sequence","tenant":"acme","id":"\#(sequence)","status":"paused"}"#
    _ = try instance.store.importFile(ByteSource(Array(paused.utf8)), ImportOptions(now: instance.clock.now()))
  }

  @Test func `contacts of inactive sequences wait, but are not part of the estimate`() throws {
    let instance = try mixed()
    let all = try #require(try WaitingQuery().run(instance.store, at: instance.clock.now()).lines.first)
    #expect(all.group.contacts == 12 && all.group.served == [.urgent: 2, .normal: 4, .bulk: 6])
    try pause("bulk", instance)
    try pause("normal", instance)
    let urgent = try #require(try WaitingQuery().run(instance.store, at: instance.clock.now()).lines.first)
    #expect(urgent.group.contacts == 12 && urgent.group.served == [.urgent: 2, .normal: 0, .bulk: 0])
    #expect(urgent.first?.servedAt == instance.clock.now() && urgent.last?.servedAt == instance.clock.now())
    try pause("urgent", instance)
    let report = try WaitingQuery().run(instance.store, at: instance.clock.now())
    #expect(report.lines[0].first?.obstacle == .inactiveSequences && report.lines[0].last?.servedAt == nil)
    #expect(report.json.items[0]["why_not"] == "the sequences of its contacts are not active")
    #expect(report.text(.table).contains("unknown: the sequences of its contacts are not active"))
  }

  @Test func `a waitlist with bulk contacts and others has a rate for each`() throws {
    let instance = try mixed()
    let report = try WaitingQuery().run(instance.store, at: instance.clock.now())
    #expect(report.lines[0].perHour == 4 && report.lines[0].bulkPerHour == 2)
    let json = report.json.items[0]
    #expect(json["per_hour"] == .number(4) && json["bulk_per_hour"] == .number(2))
    #expect(report.text(.table).contains("4 an hour (bulk: 2 an hour)"))
    try pause("bulk", instance)
    let others = try WaitingQuery().run(instance.store, at: instance.clock.now())
    #expect(others.lines[0].perHour == 4 && others.lines[0].bulkPerHour == nil)
  }

  @Test func `a last contact that is never served is said to be, beside a first one that is`() throws {
    let instance = try mixed(bulkShare: 0)
    let report = try WaitingQuery().run(instance.store, at: instance.clock.now())
    let reason = "the tenant's bulk_share of 0 % leaves bulk messages nothing of the limits"
    #expect(report.json.items[0]["next_at"].text != nil && report.json.items[0]["last_at"] == .null)
    #expect(report.json.items[0]["why_not"].text == reason)
    #expect(report.text(.table).contains("unknown: \(reason)"))
  }

  @Test(arguments: ["contact.attributes.spent + 1 > 5", "error('bad row')"])
  func `contacts with the same fault are one row, whatever their values`(condition: String) throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "spend")
    scenario.device("D1")
    scenario.sequence()
    for lead in 1...25 {
      scenario.lead(lead, device: "D1")
      let attributes: JSONValue = .object(["spent": .string("1,250.\(lead)")])
      scenario.add("lead", [("tenant", "acme"), ("id", .string("L\(lead)")), ("attributes", attributes)])
    }
    let source = "return { select = function(contact)\nif \(condition) then return skip('x') end\nend }"
    // The policy must not be suspended: its contacts would then wait for that.
    let instance = try TestInstance(scenario, files: ["spend": source], suspendAfter: 0)
    for round in 1...5 {
      try instance.decide()
      let report = try WaitingQuery().run(instance.store, at: instance.clock.now())
      #expect(report.lines.map(\.group.contacts) == [25], "\(report.lines.map(\.group.reason))")
      let start = round == 5 ? "set aside after 5 faults in a row: runtime fault" : "runtime fault"
      #expect(report.lines.first?.group.reason.hasPrefix(start + " in spend, line 2: ") == true)
      #expect(report.lines.first?.group.reason.contains("welcome/") == false)
      let overview = try instance.store.watch(stopwatch: { 0 }).look(at: instance.clock.now())
      #expect(overview.waiting.lines.map(\.contacts) == [25])
      #expect(overview.waiting.lines.map(\.reason) == report.lines.map(\.group.reason))
      instance.clock.advance(seconds: 60)
    }
    let past = try WaitingQuery(moment: TestInstance.start.advanced(bySeconds: 1)).run(
      instance.store, at: instance.clock.now())
    #expect(past.isPast && past.lines.map(\.group.contacts) == [25])
  }

  @Test func `one contact waits, several wait`() async throws {
    let instance = try instance()
    try await instance.step(seconds: 60)
    #expect(
      try WaitingQuery().run(instance.store, at: instance.clock.now()).text(.table)
        .contains("\n7 contacts wait, 6 of them on waitlists"))
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "strict")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1)
    let one = try TestInstance(scenario)
    try one.decide()
    #expect(
      try WaitingQuery().run(one.store, at: one.clock.now()).text(.table)
        .contains("\n1 contact waits, 1 of them on waitlists"))
  }

  @Test func `a tenant selects its own contacts, and an unknown tenant is an error`() async throws {
    let instance = try instance()
    try await instance.step(seconds: 60)
    #expect(try WaitingQuery(tenant: acme).run(instance.store, at: instance.clock.now()).lines.count == 3)
    #expect(throws: (any Error).self) {
      try WaitingQuery(tenant: TenantID("globex")!).run(instance.store, at: instance.clock.now())
    }
  }

  @Test func `the waits of a past time come from the record`() async throws {
    let instance = try instance()
    try await instance.step(seconds: 3600)
    try await instance.step(seconds: 3600)
    let past = try WaitingQuery(moment: TestInstance.start.advanced(bySeconds: 1)).run(
      instance.store, at: instance.clock.now())
    #expect(past.isPast)
    #expect(past.lines.map(\.group.waitlist) == [d1, .filter(DeviceFilter(tag: "vip")), nil])
    #expect(past.lines.map(\.group.contacts) == [4, 2, 1])
    #expect(past.lines.allSatisfy { $0.group.dueSince == nil && $0.first == nil })
  }

  @Test func `a waitlist has the same name in the reports of the present and of the past, and in top`() async throws {
    let instance = try instance()
    var named = StoreScenario()
    named.add("device", [("tenant", "acme"), ("id", "D1"), ("name", "Sales 1")])
    try instance.take(named)
    try await instance.step(seconds: 60)
    let now = instance.clock.now()
    let present = try WaitingQuery().run(instance.store, at: now).text(.table)
    try await instance.step(seconds: 3600)
    try await instance.step(seconds: 3600)
    let past = try WaitingQuery(moment: TestInstance.start.advanced(bySeconds: 1)).run(
      instance.store, at: instance.clock.now())
    #expect(past.isPast)
    for text in [present, past.text(.table)] { #expect(text.contains("  Sales 1 (D1) "), "\(text)") }
    let overview = try instance.store.watch(stopwatch: { 0 }).look(at: now)
    let lines = TopScreen(overview, TopView(), store: "usher.db", size: nil).lines.map(\.plain)
    #expect(lines.contains { $0.hasPrefix("waitlists") && $0.hasSuffix("  Sales 1 (D1)") }, "\(lines)")
  }

  @Test func `the state of a contact names its waitlist`() async throws {
    let instance = try instance()
    try await instance.step(seconds: 60)
    let waiting = ContactReport(try instance.contact("welcome/L3"))
    #expect(waiting.json["waitlist"]["device"] == "D1" && waiting.json["next_at"].text != nil)
    #expect(waiting.text(.table).contains("\nwaitlist: D1\n"))
    #expect(
      ContactReport(try instance.contact("welcome/L7")).text(.table).contains(
        "\nwaitlist: devices with the tag 'vip'\n"))
    for other in ["welcome/L1", "welcome/L9"] {
      let report = ContactReport(try instance.contact(other))
      #expect(report.json["waitlist"] == .null && !report.text(.table).contains("waitlist:"), "\(other)")
    }
  }

  @Test func `devices and the overview count the contacts of each waitlist`() async throws {
    let instance = try instance()
    try await instance.step(seconds: 60)
    let devices = try instance.store.devicesNow(at: instance.clock.now())
    #expect(devices.lines.map(\.waiting) == [4, 0, 0])
    let overview = try instance.store.watch(stopwatch: { 0 }).look(at: instance.clock.now())
    let waitlists = overview.waiting.waitlists(of: acme)
    #expect(waitlists.map(\.waitlist) == [d1, .filter(DeviceFilter(tag: "vip"))])
    #expect(waitlists.map(\.contacts) == [4, 2])
    #expect(overview.waiting.ofDevices == [acme: [DeviceID("D1")!: 4]])
    #expect(overview.waiting.reasons(of: nil).map(\.contacts) == [4, 2, 1])
  }
}
