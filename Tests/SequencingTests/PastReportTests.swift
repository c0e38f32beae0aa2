import Routing
import RoutingTestKit
import Stores
import Testing

/// Reports of a past time equal the reports made at that time.
struct PastReportTests {
  private static let acme = TenantID("acme")!

  private static func scenario(policy: String = "fallback", hour: Int? = 5) -> StoreScenario {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: policy)
    for device in 1...3 { scenario.device("D\(device)", hour: hour, day: 40) }
    scenario.sequence(delays: [0, 300, 900])
    for lead in 1...12 { scenario.lead(lead, device: lead == 12 ? nil : "D\(lead % 3 + 1)") }
    return scenario
  }

  /// Every report about one time.
  private struct Seen {
    let at: Instant
    let devices: DeviceReport
    let sequences: SequenceReport
    let mismatches: MismatchReport
    let overview: StoreOverview

    init(now engine: TestInstance) throws {
      at = engine.clock.now()
      devices = try engine.store.devicesNow(at: at)
      sequences = try engine.store.sequences()
      mismatches = try engine.store.mismatches(since: nil, tenant: nil)
      overview = try engine.store.watch(stopwatch: { 0 }).look(at: at)
    }

    func expect(_ store: any Store, _ comment: Comment, isWaitKnown: Bool = true) throws {
      let devices = try store.devices(at: at)
      #expect(devices.lines.map(\.sums) == self.devices.lines.map(\.sums), comment)
      #expect(devices.unassignedContacts == self.devices.unassignedContacts, comment)
      for (line, then) in zip(devices.lines, self.devices.lines) {
        if line.facts.contains(.status) { #expect(line.device.status == then.device.status, comment) }
        if line.facts.contains(.pause) { #expect(pause(line.device) == pause(then.device), comment) }
        if line.facts.contains(.limits) { #expect(line.device.limits == then.device.limits, comment) }
        if line.facts == .all { #expect(line.unavailableBecause == then.unavailableBecause, comment) }
      }
      if isWaitKnown {
        let sequences = try store.sequences(at: at)
        #expect(sequences.sequences.map(\.steps) == self.sequences.sequences.map(\.steps), comment)
        #expect(sequences.enrolments == self.sequences.enrolments, comment)
      }
      #expect(try store.mismatches(since: nil, tenant: nil, at: at) == mismatches, comment)
      let overview = try store.overview(at: at, stopwatch: { 0 })
      for kind in DecisionTally.Kind.allCases where isWaitKnown {
        let count = { (overview: StoreOverview) in overview.decisions.count(kind, of: nil, window: 900_000, at: at) }
        #expect(count(overview) == count(self.overview), "\(kind) \(comment)")
      }
      if isWaitKnown {
        #expect(known(overview.waiting.lines) == known(self.overview.waiting.lines), comment)
      }
      #expect(overview.process.lastSentAt == self.overview.process.lastSentAt, comment)
      let loads = { (overview: StoreOverview) in overview.devices.map { [$0.device.id.text: $0.load] } }
      // A device is omitted once it is known to be retired.
      let known = Set(self.overview.devices.map(\.device.id))
      var shown = overview
      shown.devices.removeAll { !known.contains($0.device.id) && !$0.facts.contains(.status) }
      #expect(loads(shown) == loads(self.overview), comment)
    }

    /// A contact that waits for a time while every device is full stands on the fleet's waitlist, but its decision does not
    /// say so: of its reason the record has no waitlist.
    private func known(_ lines: [WaitingTally.Line]) -> [[String]: Int] {
      lines.reduce(into: [:]) { counts, line in
        let list = line.reason == "no assigned device" ? nil : line.waitlist?.text()
        counts[[line.tenant.text, line.reason, line.code?.rawValue ?? "", list ?? ""], default: 0] += line.contacts
      }
    }

    private func pause(_ device: Device) -> Instant? { device.pausedUntil.flatMap { $0 > at ? $0 : nil } }
  }

  /// An action of an operator or a gateway; if the state does not allow it, it is refused without effect.
  private static func disturb(_ engine: TestInstance, _ random: inout SeededRandom, _ lead: inout Int) throws {
    let (now, store) = (engine.clock.now(), engine.store)
    let device = DeviceID("D\(Int.random(in: 1...3, using: &random))")!
    let contact = ContactID("welcome/L\(Int.random(in: 1...lead, using: &random))")!
    do {
      switch Int.random(in: 0..<11, using: &random) {
      case 0:
        let until = now.advanced(bySeconds: 1800)
        try store.pauseDevice(device, of: acme, until: until, reason: "review", actor: "ann", at: now)
      case 1: try store.resumeDevice(device, of: acme, actor: "ann", at: now)
      case 2: try store.setDeviceStatus(device, of: acme, to: .offline, reason: "test", actor: "ann", at: now)
      case 3: try store.setDeviceStatus(device, of: acme, to: .online, reason: "test", actor: "ann", at: now)
      case 4: try store.reassignContact(contact, of: acme, to: device, reason: "asked", actor: "ann", at: now)
      case 5: _ = try store.optOut(contact.text, of: acme, actor: "ann", at: now)
      case 6: try store.retryContact(contact, of: acme, actor: "ann", at: now)
      case 7:
        var more = StoreScenario()
        lead += 1
        more.lead(lead, device: device.text)
        try engine.take(more)
      case 8: engine.gateway.answer { _ in .refused(reason: "no such number") }
      case 9: engine.gateway.answer { _ in .deviceFault(reason: "not connected", pauseSeconds: 120) }
      default: engine.gateway.answer { $0.key.raw % 4 == 0 ? .unknown(reason: "cut off") : .accepted(gatewayID: nil) }
      }
    } catch is OperatorError {}
  }

  @Test(arguments: (0..<6).map { UInt64(20_261_122 + $0) })
  func `each report of a past time equals the report made at that time`(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let policy = ["fallback", "strict", "reassign", "least_loaded", "assigned", "fallback"][Int(seed % 6)]
    let engine = try TestInstance(Self.scenario(policy: policy))
    var (seen, lead) = ([Seen](), 12)
    for _ in 0..<30 {
      if Int.random(in: 0..<3, using: &random) > 0 { try Self.disturb(engine, &random, &lead) }
      try engine.decide()
      // Sometimes queued messages stay queued for a while.
      if Int.random(in: 0..<4, using: &random) > 0 { try await engine.send() }
      seen.append(try Seen(now: engine))
      engine.clock.advance(seconds: Int64.random(in: 1...600, using: &random))
    }
    for (round, moment) in seen.enumerated() {
      try moment.expect(engine.store, "seed \(seed), \(policy), round \(round)")
    }
  }

  @Test func `a report of a past time counts a message from its time on, and its windows end at that time`()
    async throws
  {
    let engine = try TestInstance(Self.scenario(hour: 80))
    let first = engine.clock.now()
    try await engine.step(seconds: 7200)
    try await engine.step(seconds: 1)
    func sent(_ moment: Instant) throws -> [Int] {
      let total = try engine.store.devices(at: moment).total
      return [total.sentMinute, total.sentHour, total.sentDay]
    }
    let count = try sent(first)[0]
    #expect(count > 0)
    #expect(try sent(first.advanced(bySeconds: -86_400)) == [0, 0, 0])
    #expect(try sent(first.advanced(byMilliseconds: -1)) == [0, 0, 0])
    #expect(try sent(first) == [count, count, count])
    #expect(try sent(first.advanced(byMilliseconds: 59_999)) == [count, count, count])
    #expect(try sent(first.advanced(byMilliseconds: 60_000)) == [0, count, count])
    #expect(try sent(first.advanced(bySeconds: 3600)) == [0, 0, count])
    // After the last event, and in the future.
    let last = engine.clock.now()
    let total = try engine.store.devices(at: last).total
    #expect(total.sentDay == engine.gateway.sent.count)
    #expect(try sent(last.advanced(bySeconds: 86_400)) == [0, 0, 0])
  }

  @Test func `a pause that began later is not shown, and one of that time is`() async throws {
    let engine = try TestInstance(Self.scenario())
    try await engine.step(seconds: 600)
    let paused = engine.clock.now()
    try engine.store.pauseDevice(
      DeviceID("D1")!, of: Self.acme, until: paused.advanced(bySeconds: 600), reason: "x", actor: "ann", at: paused)
    let before = try #require(try engine.store.devices(at: paused.advanced(byMilliseconds: -1)).lines.first)
    #expect(before.facts == .all && before.isAvailable && before.device.pausedUntil == nil)
    engine.clock.advance(seconds: 60)
    try await engine.step(seconds: 3600)
    try await engine.step(seconds: 1)
    let during = try #require(try engine.store.devices(at: paused.advanced(bySeconds: 61)).lines.first)
    #expect(during.facts == .all && during.device.pausedUntil == paused.advanced(bySeconds: 600))
  }

  @Test func `values changed without a record are unknown in between, and never shown with their current values`()
    async throws
  {
    let engine = try TestInstance(Self.scenario(hour: 5))
    let first = engine.clock.now()
    try await engine.step(seconds: 3600)
    var change = StoreScenario()
    change.device("D1", hour: 900, day: 40)
    try engine.take(change)
    engine.clock.advance(seconds: 60)
    var more = StoreScenario()
    more.lead(50, device: "D2")
    try engine.take(more)
    try await engine.step(seconds: 60)
    let line = try #require(try engine.store.devices(at: first.advanced(bySeconds: 60)).lines.first)
    #expect(!line.facts.contains(.limits) && line.facts.contains(.status))
    #expect(try engine.store.devices(at: first.advanced(bySeconds: 60)).lines[1].facts == .all)
  }

  @Test func `a device, a sequence and a lead added later are not counted`() async throws {
    let engine = try TestInstance(Self.scenario())
    let first = engine.clock.now()
    try await engine.step(seconds: 600)
    let before = try engine.store.sequences()
    var later = StoreScenario()
    later.device("D9")
    later.sequence("later", trigger: "LATER")
    for lead in 20...24 { later.lead(lead, device: "D9", triggers: ["NEW", "LATER"]) }
    try engine.take(later)
    try await engine.step(seconds: 600)
    #expect(try engine.store.devices(at: engine.clock.now()).lines.map(\.device.id.text) == ["D1", "D2", "D3", "D9"])
    let moment = first.advanced(bySeconds: 599)
    #expect(try engine.store.devices(at: moment).lines.map(\.device.id.text) == ["D1", "D2", "D3"])
    let then = try engine.store.sequences(at: moment)
    #expect(then.sequences.map(\.id) == ["welcome"] && then.sequences.map(\.steps) == before.sequences.map(\.steps))
    #expect(try engine.store.sequences(at: first.advanced(bySeconds: -1)).enrolments == 0)
    #expect(try engine.store.mismatches(since: nil, tenant: nil, at: first.advanced(bySeconds: -1)).total == 0)
  }

  @Test func `a policy that became live later is not listed`() async throws {
    let engine = try TestInstance(Self.scenario())
    let first = engine.clock.now()
    try await engine.step(seconds: 600)
    var change = StoreScenario()
    change.tenant("acme", policy: "strict")
    try engine.take(change)
    try await engine.step(seconds: 600)
    let policies = { (moment: Instant) in
      try engine.store.overview(at: moment, stopwatch: { 0 }).policies.map(\.policy)
    }
    #expect(try policies(engine.clock.now()) == ["strict"])
    #expect(try policies(first.advanced(bySeconds: 599)) == ["fallback"])
    #expect(try policies(first.advanced(bySeconds: -1)).isEmpty)
  }

  @Test func `pruned data is unknown, and the rest is as it was`() async throws {
    let engine = try TestInstance(Self.scenario(hour: 1))
    var seen: [Seen] = []
    for _ in 0..<12 {
      try await engine.step(seconds: 0)
      seen.append(try Seen(now: engine))
      engine.clock.advance(seconds: 1200)
    }
    let until = engine.clock.now().advanced(bySeconds: -3600)
    let options = PruneOptions(
      until: until, archive: engine.folder.file("archive.db"), actor: "ann", now: engine.clock.now())
    _ = try Stores.open(engine.store.path, mode: .readWrite).prune(options, pause: {})
    var known: [Bool] = []
    for moment in seen {
      known.append(try engine.store.sequences(at: moment.at).sequences.allSatisfy(\.areWaitsKnown))
      try moment.expect(engine.store, "\(moment.at.rfc3339)", isWaitKnown: known.last!)
    }
    #expect(known.first == false && known.last == true)
  }

  @Test func `a message that is retried waits again from the retry on`() async throws {
    let engine = try TestInstance(Self.scenario())
    engine.gateway.answer { _ in .refused(reason: "no such number") }
    try await engine.step(seconds: 60)
    let refused = engine.clock.now()
    engine.clock.advance(seconds: 60)
    let contact = ContactID("welcome/L1")!
    try engine.store.retryContact(contact, of: Self.acme, actor: "ann", at: engine.clock.now())
    engine.clock.advance(seconds: 60)
    let between = try Seen(now: engine)
    #expect(between.devices.total.queued == 1)
    engine.clock.advance(seconds: 60)
    engine.gateway.answer { _ in .accepted(gatewayID: nil) }
    try await engine.step(seconds: 60)
    try between.expect(engine.store, "between the retry and the next attempt")
    #expect(try engine.store.devices(at: refused).total.queued == 0)
  }

  @Test func `a policy, a hold and a list of policies from later do not appear in an earlier report`() async throws {
    let engine = try TestInstance(Self.scenario())
    try await engine.step(seconds: 600)
    let moment = engine.clock.now().advanced(bySeconds: -1)
    let overview = { try engine.store.overview(at: moment, stopwatch: { 0 }) }
    #expect(try !overview().isPast)
    let other = try TestInstance.revision("other", "return { select = function() return wait('x', 60) end }")
    try engine.change(.activate) { $0.live = [other] }
    #expect(try overview().isPast && overview().policies.map(\.policy) == ["fallback"])
    #expect(try engine.store.devices(at: moment).isPast)

    let held = try TestInstance(Self.scenario())
    try await held.step(seconds: 600)
    let hold = SendingHold(tenant: nil, reason: "wrong text", actor: "ann", at: held.clock.now())
    _ = try Stores.stopSending(held.store.path, hold, waitMilliseconds: 0, clock: held.clock)
    let before = held.clock.now().advanced(bySeconds: -1)
    #expect(try held.store.overview(at: before, stopwatch: { 0 }).holds.isEmpty)
    #expect(try held.store.overview(at: before, stopwatch: { 0 }).isPast)
    #expect(try held.store.overview(at: held.clock.now(), stopwatch: { 0 }).holds.count == 1)
  }
}
