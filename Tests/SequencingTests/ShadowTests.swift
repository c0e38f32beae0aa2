import Policies
import Routing
import RoutingTestKit
import Sequencing
import Testing

/// A policy evaluated alongside the live one, without effect on decisions.
struct ShadowTests {
  private static let live =
    """
    return { select = function(c, fleet)
      local d = fleet:least_loaded()
      if d then return use(d, 'least loaded') end
      return wait('all are full, attempt ' .. c.attempts, 60)
    end }
    """

  private func engine(leads: Int = 200, hour: Int? = nil) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    for device in 1...5 { scenario.device("D\(device)", hour: hour) }
    scenario.sequence(delays: [0, 60])
    for lead in 0..<leads { scenario.lead(lead, device: "D\(lead % 5 + 1)") }
    let engine = try TestInstance(scenario, files: ["mine": Self.live])
    let live = try TestInstance.revision("mine", Self.live)
    try engine.change(.activate) { $0.live = [live] }
    return engine
  }

  private func report(_ engine: TestInstance) throws -> ShadowReport {
    try engine.store.shadowReport(of: TenantKey(1), since: try engine.generation().lineup.shadow!.since)
  }

  private func decisions(_ engine: TestInstance) throws -> [String] {
    var decisions: [String] = []
    try engine.store.readHistory { snapshot in
      try snapshot.visitRecord(
        RecordFilter(), run: { _ in },
        decision: { decision in
          decisions.append(
            "\(decision.contact.id) \(decision.outcome) \(decision.device?.text ?? "-") \(decision.reason) "
              + "\(decision.revision) \(decision.instructions)")
          return true
        })
    }
    return decisions
  }

  @Test func `the live policy as its own shadow agrees in every decision, also where each depends on the previous one`()
    async throws
  {
    let engine = try engine(hour: 60)
    try engine.shadow(try TestInstance.revision("other", Self.live))
    for _ in 0..<3 { try await engine.step(seconds: 60) }
    let counts = try report(engine).counts
    #expect(counts.compared > 200 && counts.agreed == counts.compared)
    #expect(counts.instructions == counts.liveInstructions && counts.instructionsMax == counts.liveInstructionsMax)
    #expect(counts.faults == 0 && counts.notAsked == 0)
  }

  @Test func `decisions are the same with and without a shadow, whatever it chooses`() async throws {
    let (with, without) = (try engine(hour: 30), try engine(hour: 30))
    try with.shadow(
      try TestInstance.revision(
        "mine", "return { select = function(c, fleet) return move(fleet[1], 'all to the first') end }"))
    for engine in [with, without] { for _ in 0..<4 { try await engine.step(seconds: 60) } }
    let decided = try decisions(with)
    #expect(decided.count > 300)
    #expect(try decided == decisions(without))
    #expect(with.gateway.sent.map(\.contact) == without.gateway.sent.map(\.contact))
    #expect(try report(with).counts.compared == decided.count)
    #expect(try with.store.integrity().checks.allSatisfy { $0.violations == 0 })
  }

  @Test func `differences are counted by outcomes and reasons, and the first ones are kept with both verdicts`() throws
  {
    let engine = try engine(leads: 300)
    try engine.shadow(
      try TestInstance.revision(
        "mine",
        "return { select = function(c, fleet) return wait(c.step == 1 and 'first ' .. c.id or 'later', 60) end }"))
    try engine.decide()
    let found = try report(engine)
    #expect(found.counts.compared == 300 && found.counts.agreed == 0)
    #expect(found.differences.map(\.decisions).reduce(0, +) == 300)
    #expect(found.differences.count == ShadowComparison.kindsMax + 1, "reasons that name the contact are bounded")
    #expect(found.differences[0].kind.shadowReason == ShadowComparison.otherReasons)
    #expect(found.differences[0].decisions == 300 - ShadowComparison.kindsMax)
    #expect(found.samples.count == ShadowComparison.samplesMax)
    let sample = found.samples[0].sample
    #expect(sample.live.outcome == .use && sample.live.device != nil && sample.live.reason == "least loaded")
    #expect(sample.shadow == .init(outcome: .wait, device: nil, reason: "first \(sample.contact)"))
  }

  @Test func `a failing shadow suspends nothing, and is not evaluated once it failed for too many contacts`() throws {
    let engine = try engine(leads: 130)
    try engine.shadow(try TestInstance.revision("mine", "return { select = function(c) error('always') end }"))
    let decided = try engine.decide()
    #expect(decided.queued == 130 && decided.faults == 0)
    let counts = try report(engine).counts
    #expect(counts.faults == 100 && counts.compared == 100 && counts.notAsked == 30)
    #expect(engine.said.count { if case .shadowRests = $0 { true } else { false } } == 1)
    #expect(try engine.store.policyStatuses().allSatisfy { $0.faults == 0 && $0.suspendedAt == nil })
  }

  @Test func `a share of the contacts is compared, and those of a canary are not`() throws {
    let engine = try engine(leads: 400)
    let other = try TestInstance.revision(
      "mine", "return { select = function(c, fleet) return use(fleet[1], 'first') end }")
    let began = try engine.canary(other, percent: 50)
    let shadowed = try engine.shadow(other, percent: 50)
    try engine.decide()
    let (canary, shadow) = (
      ContactShare(partsPerMillion: 500_000, salt: began), ContactShare(partsPerMillion: 500_000, salt: shadowed)
    )
    let contacts = (0..<400).map { ContactID(stored: "welcome/L\($0)") }
    let expected = contacts.count { !canary.contains($0) && shadow.contains($0) }
    #expect(try report(engine).counts.compared == expected && expected > 50)
  }

  @Test func `the counts of a shadow stay recorded after its end`() throws {
    let engine = try engine(leads: 50)
    let began = try engine.shadow(try TestInstance.revision("mine", Self.live))
    try engine.decide()
    try engine.change(.stop) { $0.shadow = nil }
    engine.clock.advance(seconds: 3600)
    try engine.decide()
    #expect(try engine.store.shadowReport(of: TenantKey(1), since: began).counts.compared == 50)
  }
}
