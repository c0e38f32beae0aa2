import Policies
import Routing
import RoutingTestKit
import Sequencing
import Testing

/// A policy that fails repeatedly is suspended; its contacts wait.
struct SuspensionTests {
  private static let failing = "return { select = function(c) return wait(nil .. c.id) end }"
  private static let good = "return { select = function(c, fleet) return use(fleet[1], 'first') end }"

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

  private func suspensions(_ engine: TestInstance) -> [PolicyStreak] {
    engine.said.compactMap { if case .policySuspended(_, let streak) = $0 { streak } else { nil } }
  }

  private func ends(_ engine: TestInstance) -> Int {
    engine.said.count { if case .suspensionEnded = $0 { true } else { false } }
  }

  @Test func `after too many faults in a row no script runs, and the other contacts wait with the reason`() async throws
  {
    let engine = try engine(Self.failing, leads: 12)
    let report = try engine.decide()
    #expect(report.decided == 12 && report.waiting == 12 && report.faults == 5)
    let streak = try #require(suspensions(engine).first)
    #expect(suspensions(engine).count == 1)
    #expect(streak.faults == 5 && streak.policy == "mine" && streak.suspendedAt == TestInstance.start)
    let decisions = try (0..<12).map { try engine.contact("welcome/L\($0)").reason ?? "" }
    #expect(decisions.count { $0.hasPrefix("runtime fault in mine, line 1") } == 5)
    #expect(
      decisions.count {
        $0.hasPrefix("policy 'mine' is suspended: it failed 5 times in a row, last with: runtime fault")
      } == 7)
    // Until the suspension ends, due contacts keep waiting.
    engine.clock.advance(seconds: 400)
    let later = try engine.decide()
    #expect(later.decided == 12 && later.waiting == 12 && later.faults == 0)
    #expect(try await engine.send().sent == 0)
    #expect(suspensions(engine).count == 1, "it is said once")
    let status = try #require(try engine.store.policyStatuses().first)
    #expect(status.faults == 5 && status.suspendedAt == TestInstance.start)
    #expect(status.lastFault?.hasPrefix("runtime fault in mine") == true)
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

  @Test func `one decision without a fault resets the count`() throws {
    let odd =
      "return { select = function(c, fleet) if c.id:sub(-1) == '3' then return wait('fine', 60) end return wait(nil .. c.id) end }"
    let engine = try engine(odd, leads: 8)
    #expect(try engine.decide().faults == 7)
    #expect(suspensions(engine).isEmpty)
    #expect(try engine.store.policyStatuses().first?.faults == 4)
  }

  @Test func `the count and the suspension survive a restart`() throws {
    let first = try engine(Self.failing, leads: 3)
    try first.decide()
    #expect(suspensions(first).isEmpty)
    let second = try TestInstance(continuing: first, suspendAfter: 5)
    second.clock.advance(seconds: 61)
    #expect(try second.decide().faults == 2)
    #expect(suspensions(second).count == 1)
    let third = try TestInstance(continuing: second, suspendAfter: 5)
    third.clock.advance(seconds: 400)
    let report = try third.decide()
    #expect(report.decided == 3 && report.faults == 0 && report.waiting == 3)
    #expect(suspensions(third).isEmpty)
    // A limit of 0 suspends nothing: an operator's way to run the policy again.
    let fourth = try TestInstance(continuing: third, suspendAfter: 0)
    fourth.clock.advance(seconds: 800)
    #expect(try fourth.decide().faults == 3)
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
