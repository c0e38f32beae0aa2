import DryRun
import Policies
import Routing
import RoutingTestKit
import Sequencing
import Testing

/// A policy that fails for many contacts is suspended; its contacts wait.
struct SuspensionTests {
  private static let failing = "return { select = function(c) return wait(nil .. c.id) end }"
  private static let good = "return { select = function(c, fleet) return use(fleet[1], 'first') end }"
  private static let spend = """
    return { select = function(c, fleet)
      if c.attributes.spent >= 1000 then return use(fleet[1], 'big') end
      return use(fleet[1], 'small')
    end }
    """

  private func engine(
    _ source: String, leads: Int, suspendAfter: Int = 5, policies: [String]? = nil, files: [String: String] = [:]
  ) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine", policies: policies)
    scenario.device("D1")
    scenario.sequence()
    for lead in 0..<leads { scenario.lead(lead, device: "D1") }
    return try TestInstance(
      scenario, files: files.merging(["mine": source]) { _, new in new }, suspendAfter: suspendAfter)
  }

  /// Sets `attributes.spent` of leads: a text for the first `bad`, a number for the others.
  private func spent(_ engine: TestInstance, leads: Range<Int>, bad: Int) throws {
    var change = StoreScenario()
    for lead in leads {
      change.add(
        "lead",
        [
          ("tenant", "acme"), ("id", .string("L\(lead)")),
          ("attributes", .object(["spent": lead < bad ? "1,250.00" : .integer(Int64(lead))])),
        ])
    }
    try engine.take(change)
  }

  private func suspensions(_ engine: TestInstance) -> [PolicyStreak] {
    engine.said.compactMap { if case .policySuspended(_, let streak) = $0 { streak } else { nil } }
  }

  private func ends(_ engine: TestInstance) -> Int {
    engine.said.count { if case .suspensionEnded = $0 { true } else { false } }
  }

  @Test
  func `a policy that fails for everybody is suspended after a hundred contacts, and the others wait with the reason`()
    async throws
  {
    let engine = try engine(Self.failing, leads: 130)
    let report = try engine.decide()
    #expect(report.decided == 130 && report.waiting == 130 && report.faults == 100)
    let streak = try #require(suspensions(engine).first)
    #expect(suspensions(engine).count == 1)
    #expect(streak.faults == 100 && streak.policy == "mine" && streak.suspendedAt == TestInstance.start)
    let reasons = try (0..<130).map { try engine.contact("welcome/L\($0)").reason ?? "" }
    #expect(reasons.count { $0.hasPrefix("runtime fault in mine, line 1") } == 100)
    let start =
      "policy 'mine' is suspended: 100 of its last 100 answers for different contacts were faults, last with: "
    #expect(reasons.count { $0.hasPrefix(start + "runtime fault") } == 30)
    // It names the contacts whose data failed: the last one, and two more.
    let samples = reasons[129].split(separator: "welcome/L").dropFirst().map { $0.prefix { $0.isNumber } }
    #expect(Set(samples) == ["99", "98", "97"], "\(reasons[129])")
    // Until the suspension ends, due contacts keep waiting. For 30 of them the answer is the same again.
    engine.clock.advance(seconds: 400)
    let later = try engine.decide()
    #expect(later.decided == 100 && later.waiting == 100 && later.faults == 0)
    for lead in 0..<130 {
      let contact = try engine.contact("welcome/L\(lead)")
      #expect(contact.status == .waiting && contact.reason?.hasPrefix(start) == true)
      #expect(try #require(contact.nextAt) > engine.clock.now())
    }
    #expect(try await engine.send().sent == 0)
    #expect(suspensions(engine).count == 1, "it is said once")
    let status = try #require(try engine.store.policyStatuses().first)
    #expect(status.faults == 100 && status.suspendedAt == TestInstance.start)
    #expect(status.lastFault?.hasPrefix("runtime fault in mine") == true)
  }

  @Test(arguments: [(19, false), (20, true), (60, true)])
  func `with fewer contacts the end of the queue decides, from twenty faults on`(leads: Int, isSuspended: Bool) throws {
    let engine = try engine(Self.failing, leads: leads, suspendAfter: Cycle.suspendAfter)
    #expect(try engine.decide().faults == leads)
    #expect(suspensions(engine).count == (isSuspended ? 1 : 0))
    engine.clock.advance(seconds: 60)
    #expect(try engine.decide().faults == (isSuspended ? 0 : leads))
  }

  @Test func `bad rows at the head of the queue suspend nothing, and hold up nobody else`() throws {
    let engine = try engine(Self.spend, leads: 300, suspendAfter: Cycle.suspendAfter)
    try spent(engine, leads: 0..<300, bad: 25)
    let report = try engine.decide()
    #expect(report.faults == 25 && report.queued == 275)
    for _ in 0..<3 {
      engine.clock.advance(seconds: 60)
      #expect(try engine.decide().faults == 25)
    }
    #expect(suspensions(engine).isEmpty)
    let reason = try #require(try engine.contact("welcome/L7").reason)
    #expect(reason.hasPrefix("runtime fault in mine, line 2: attempt to compare "), "\(reason)")
    #expect(reason.hasSuffix(": contact.attributes.spent of welcome/L7 is \"1,250.00\""), "\(reason)")
    let status = try #require(try engine.store.policyStatuses().first)
    #expect(status.faults == 25 && status.lastFault?.hasSuffix("is \"1,250.00\"") == true)
    // The fifth fault sets each of them aside, and they cost nothing for an hour.
    engine.clock.advance(seconds: 60)
    #expect(try engine.decide().faults == 25)
    let aside = try engine.contact("welcome/L7")
    #expect(aside.reason?.hasPrefix("set aside after 5 faults in a row: runtime fault in mine, line 2") == true)
    #expect(aside.nextAt == engine.clock.now().advanced(bySeconds: 3600))
    engine.clock.advance(seconds: 3599)
    #expect(try engine.decide().decided == 0)
    // Corrected rows are decided at once.
    try spent(engine, leads: 0..<25, bad: 0)
    #expect(try engine.decide().queued == 25)
    engine.clock.advance(seconds: 60)
    try engine.decide()
    #expect(try engine.store.integrity().checks.allSatisfy { $0.violations == 0 })
  }

  @Test func `bad rows suspend nothing either if each cycle has a process of its own`() throws {
    var engine = try engine(Self.spend, leads: 300, suspendAfter: Cycle.suspendAfter)
    try spent(engine, leads: 0..<300, bad: 25)
    #expect(try engine.decide().faults == 25)
    for round in 1...3 {
      engine.clock.advance(seconds: 60)
      engine = try TestInstance(continuing: engine, suspendAfter: Cycle.suspendAfter)
      #expect(try engine.decide().faults == 25, "round \(round)")
      #expect(suspensions(engine).isEmpty, "round \(round)")
    }
  }

  @Test func `a full window without faults is recorded once`() throws {
    let engine = try engine(Self.good, leads: 150, suspendAfter: Cycle.suspendAfter)
    try engine.decide()
    let recorded = try engine.store.read { try $0.streaks(of: TenantKey(1)) }
    #expect(recorded.map(\.answers.count) == [100] && recorded.map(\.faults) == [0])
    #expect(try engine.store.policyStatuses().map(\.faults) == [0])
    var more = StoreScenario()
    for lead in 200..<240 { more.lead(lead, device: "D1") }
    try engine.take(more)
    engine.clock.advance(seconds: 60)
    #expect(try engine.decide().queued == 40)
    #expect(try engine.store.read { try $0.streaks(of: TenantKey(1)) } == recorded)
  }

  @Test func `a probe that ends a suspension wakes the contacts that waited for it`() throws {
    let engine = try engine(Self.spend, leads: 60, suspendAfter: Cycle.suspendAfter)
    try spent(engine, leads: 0..<60, bad: 60)
    try engine.decide()
    #expect(suspensions(engine).count == 1)
    engine.clock.advance(seconds: 60)
    try spent(engine, leads: 0..<60, bad: 0)
    try engine.decide()
    #expect(ends(engine) == 1)
    // Nobody waits for the rest of the 300 seconds.
    #expect(try (0..<60).allSatisfy { try engine.contact("welcome/L\($0)").status == .queued })
  }

  @Test func `a contact that is set aside waits for twice as long after the next fault`() throws {
    let engine = try engine(Self.failing, leads: 1)
    var waits: [Int64] = []
    for _ in 0..<8 {
      #expect(try engine.decide().faults == 1)
      let next = try #require(try engine.contact("welcome/L0").nextAt)
      waits.append((next.milliseconds - engine.clock.now().milliseconds) / 1000)
      engine.clock.advance(seconds: waits.last!)
    }
    #expect(waits == [60, 60, 60, 60, 3600, 7200, 14_400, 28_800])
    #expect(suspensions(engine).isEmpty, "one contact says nothing about a policy")
    // A new revision decides it, which ends the row of faults.
    try engine.folder.write(Self.good, to: "Rules/mine.lua")
    #expect(try engine.decide().queued == 1)
    let replay = try engine.store.readHistory { try Replay(RecordFilter()).run(on: $0) }
    #expect(replay.different == 0 && replay.identical == 9)
  }

  @Test func `corrected rows lift a suspension in the next cycle`() throws {
    let engine = try engine(Self.spend, leads: 40, suspendAfter: Cycle.suspendAfter)
    try spent(engine, leads: 0..<40, bad: 40)
    #expect(try engine.decide().faults == 40)
    #expect(suspensions(engine).count == 1)
    engine.clock.advance(seconds: 300)
    #expect(try engine.decide().faults == 0, "suspended")
    // One corrected row begins a probe, which fails for the others. It is decided itself, and nobody is told again.
    try spent(engine, leads: 0..<1, bad: 0)
    engine.clock.advance(seconds: 300)
    let probe = try engine.decide()
    #expect(probe.queued <= 1 && probe.faults <= 20 && probe.faults >= 19)
    #expect(suspensions(engine).count == 1 && ends(engine) == 0)
    engine.clock.advance(seconds: 300)
    #expect(try engine.decide().faults == 0, "a request is followed once")
    try spent(engine, leads: 0..<40, bad: 0)
    #expect(try engine.decide().queued >= 20)
    #expect(ends(engine) == 1)
    engine.clock.advance(seconds: 300)
    try engine.decide()
    #expect(try engine.store.policyStatuses().first?.suspendedAt == nil)
    #expect(try (0..<40).allSatisfy { try engine.contact("welcome/L\($0)").status == .queued })
  }

  @Test func `a suspended policy is probed with twenty contacts an hour, also by another process`() throws {
    let first = try engine(Self.failing, leads: 60, suspendAfter: Cycle.suspendAfter)
    #expect(try first.decide().faults == 60)
    first.clock.advance(seconds: 3599)
    #expect(try first.decide().faults == 0)
    let second = try TestInstance(continuing: first)
    second.clock.advance(seconds: 400)
    let report = try second.decide()
    #expect(report.faults == 20 && report.decided == 60)
    let since = try #require(try second.store.policyStatuses().first?.suspendedAt)
    #expect(since == TestInstance.start && suspensions(second).isEmpty)
    second.clock.advance(seconds: 400)
    #expect(try second.decide().faults == 0)
  }

  @Test func `a new revision ends the suspension, and the contacts continue`() async throws {
    let engine = try engine(Self.failing, leads: 6)
    try engine.decide()
    #expect(suspensions(engine).count == 1)
    try engine.folder.write(Self.good, to: "Rules/mine.lua")
    engine.clock.advance(seconds: 400)
    let report = try engine.decide()
    #expect(report.queued == 6 && ends(engine) == 1)
    #expect(try engine.store.policyStatuses().first?.suspendedAt == nil)
    #expect(try await engine.send().sent == 6)
  }

  @Test func `changed parameters are a new revision and end the suspension`() throws {
    let engine = try engine(
      "return { params = { n = 1 }, select = function(c, fleet) return use(fleet[1 // (params.n - 1)], 'x') end }",
      leads: 6)
    try engine.decide()
    #expect(suspensions(engine).count == 1)
    var change = StoreScenario()
    change.tenant("acme", policy: "mine", parameters: [("n", .integer(2))])
    _ = try engine.store.importFile(.init(change.jsonLines), .init(now: TestInstance.start))
    engine.clock.advance(seconds: 400)
    #expect(try engine.decide().queued == 6)
    #expect(ends(engine) == 1)
  }

  @Test func `a policy that fails for fewer than half of the contacts is not suspended`() throws {
    let odd = """
      return { select = function(c, fleet)
        if c.id:sub(-1) > '4' then return wait('fine', 60) end
        return wait(nil .. c.id)
      end }
      """
    let engine = try engine(odd, leads: 49)
    #expect(try engine.decide().faults == 25)
    #expect(suspensions(engine).count == 1, "25 of 49 are enough")
    let other = try self.engine(odd, leads: 50)
    try other.folder.write(odd.replacing("> '4'", with: "> '3'"), to: "Rules/mine.lua")
    for _ in 0..<3 {
      #expect(try other.decide().faults == 20)
      other.clock.advance(seconds: 60)
    }
    #expect(suspensions(other).isEmpty)
    #expect(try other.store.policyStatuses().first?.faults == 20)
  }

  @Test func `the answers and the suspension survive a restart`() throws {
    let first = try engine(Self.failing, leads: 3)
    try first.decide()
    #expect(suspensions(first).isEmpty)
    var more = StoreScenario()
    for lead in 3..<5 { more.lead(lead, device: "D1") }
    let second = try TestInstance(continuing: first, suspendAfter: 5)
    try second.take(more)
    second.clock.advance(seconds: 30)
    #expect(try second.decide().faults == 2)
    #expect(suspensions(second).first?.faults == 5)
    let third = try TestInstance(continuing: second, suspendAfter: 5)
    third.clock.advance(seconds: 400)
    let report = try third.decide()
    #expect(report.decided == 5 && report.faults == 0 && report.waiting == 5)
    #expect(suspensions(third).isEmpty)
    // A limit of 0 suspends nothing: an operator's way to run the policy again.
    let fourth = try TestInstance(continuing: third, suspendAfter: 0)
    fourth.clock.advance(seconds: 800)
    #expect(try fourth.decide().faults == 5)
    #expect(ends(fourth) == 1)
  }

  @Test func `a suspended policy in a list does not pass the decision to the next one`() async throws {
    let engine = try engine(
      Self.failing, leads: 9, policies: ["mine", "good"], files: ["good": Self.good])
    let report = try engine.decide()
    #expect(report.waiting == 9 && report.queued == 0)
    engine.clock.advance(seconds: 400)
    #expect(try engine.decide().queued == 0)
    #expect(try await engine.send().sent == 0)
  }

  @Test func `a suspended policy's enroll hook does not run either`() throws {
    let source = """
      return { enroll = function(lead) return wait(nil .. lead.id) end, select = function(c, fleet) return use(fleet[1], 'x') end }
      """
    let engine = try engine(source, leads: 9)
    let report = try engine.decide()
    #expect(report.enrolled == 0 && suspensions(engine).count == 1)
    #expect(suspensions(engine).first?.samples.first?.hasPrefix("lead.id of L") == true)
  }

  @Test func `an enroll hook that fails for some leads enrols the others`() throws {
    let source = """
      return {
        enroll = function(lead, fleet)
          if lead.attributes.spent >= 1000 then return skip('big') end
          return use(fleet[1], 'small')
        end,
        select = function(c, fleet) return use(fleet[1], 'x') end,
      }
      """
    let engine = try engine(source, leads: 300, suspendAfter: Cycle.suspendAfter)
    try spent(engine, leads: 0..<300, bad: 25)
    let report = try engine.decide()
    #expect(report.enrolled == 275 && report.queued == 275 && suspensions(engine).isEmpty)
    // A minute later the others are tried again, and are the last answers.
    engine.clock.advance(seconds: 60)
    #expect(try engine.decide().enrolled == 0)
    let status = try #require(try engine.store.policyStatuses().first)
    #expect(status.faults == 25)
    #expect(status.lastFault?.contains("lead.attributes.spent of L24 is \"1,250.00\"") == true, "\(status)")
  }

  @Test func `a text that is empty for some contacts is no fault of the policy`() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    scenario.device("D1")
    scenario.sequence(content: "{name}")
    for lead in 0..<60 { scenario.lead(lead, device: "D1", name: lead < 30 ? nil : "Ann") }
    let engine = try TestInstance(scenario, files: ["mine": Self.good])
    let report = try engine.decide()
    #expect(report.queued == 30 && report.waiting == 30 && report.faults == 0)
    #expect(try engine.store.policyStatuses().first?.faults == 0)
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
  func `whatever order faults come in, a suspended policy never sends`(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let limit = Int.random(in: 1...6, using: &random)
    let source = """
      return { select = function(c, fleet)
        if random() < 0.6 then return wait(nil .. c.id) end
        return use(fleet[1], 'lucky')
      end }
      """
    let engine = try engine(source, leads: 60, suspendAfter: limit)
    var wasSuspended = false
    for _ in 0..<30 {
      let report = try engine.decide()
      if wasSuspended { #expect(report.queued == 0 && report.faults == 0, "limit \(limit)") }
      let suspended = try engine.store.policyStatuses().first?.suspendedAt != nil
      #expect(suspended == !suspensions(engine).isEmpty)
      wasSuspended = suspended
      engine.clock.advance(seconds: 61)
    }
  }
}
