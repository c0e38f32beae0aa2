import DryRun
import Policies
import Routing
import RoutingTestKit
import Sequencing
import Testing

/// A policy that decides for a share of the contacts, and its automatic rollback.
struct CanaryTests {
  private static let live = "return { select = function(c, fleet) return use(fleet:least_loaded(), 'live') end }"
  private static let same = "return { select = function(c, fleet) return use(fleet:least_loaded(), 'canary') end }"
  private static let faulty = """
    return { select = function(c, fleet)
      if random(4) == 1 then error('bad luck') end
      return use(fleet:least_loaded(), 'canary')
    end }
    """
  private static let waiting = "return { select = function(c, fleet) return wait('not now', 30) end }"
  private static let moving = """
    return { select = function(c, fleet)
      local own = c.device
      for i = 1, #fleet do
        if not own or fleet[i].id ~= own.id then return move(fleet[i], 'moved') end
      end
      return wait('nowhere to go')
    end }
    """

  private func engine(
    _ source: String = live, leads: Int = 600, devices: Int = 4, hour: Int? = nil, gateway: FakeGateway = FakeGateway(),
    suspendAfter: Int = 20
  ) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    for device in 1...devices { scenario.device("D\(device)", hour: hour) }
    scenario.sequence(delays: [0, 60, 60])
    for lead in 0..<leads { scenario.lead(lead, device: "D\(lead % devices + 1)") }
    let engine = try TestInstance(
      scenario, files: ["mine": source], gateway: gateway, suspendAfter: suspendAfter)
    // The first generation, begun before any contact is due.
    try engine.change(.activate) { $0.live = [try! TestInstance.revision("mine", source)] }
    return engine
  }

  private func sides(_ engine: TestInstance) throws -> [ContactID: Set<String>] {
    var sides: [ContactID: Set<String>] = [:]
    try engine.store.readHistory { snapshot in
      try snapshot.visitRecord(
        RecordFilter(), run: { _ in },
        decision: { decision in
          sides[decision.contact.id, default: []].insert(decision.revision)
          return true
        })
    }
    return sides
  }

  private func rollbacks(_ engine: TestInstance) -> [CanaryEvidence] {
    engine.said.compactMap { if case .canaryRolledBack(_, _, let evidence) = $0 { evidence } else { nil } }
  }

  private func expectReplayed(_ engine: TestInstance) throws {
    let report = try engine.store.readHistory { try Replay(RecordFilter()).run(on: $0) }
    #expect(report.different == 0 && report.identical > 0, "\(String(describing: report.firstDifference))")
    #expect(try engine.store.integrity().checks.filter { $0.violations > 0 }.isEmpty)
  }

  @Test func `a contact stays on its side from step to step, and widening removes nobody from the canary`() async throws
  {
    let engine = try engine(leads: 300)
    let candidate = try TestInstance.revision("mine", Self.same)
    let began = try engine.canary(candidate, percent: 20)
    for _ in 0..<2 { try await engine.step(seconds: 60) }
    let before = try sides(engine)
    #expect(before.values.allSatisfy { $0.count == 1 }, "nobody flips back and forth")
    let chosen = Set(before.filter { $0.value.contains(candidate.digest) }.keys)
    let share = ContactShare(partsPerMillion: 200_000, salt: began)
    #expect(chosen == Set(before.keys.filter(share.contains)) && chosen.count > 30)
    try engine.canary(candidate, percent: 60)
    engine.clock.advance(seconds: 60)
    try await engine.step(seconds: 60)
    let after = try sides(engine)
    #expect(chosen.allSatisfy { after[$0] == [candidate.digest] })
    #expect(after.values.count { $0.contains(candidate.digest) } > chosen.count)
    try expectReplayed(engine)
  }

  @Test func `both sides reserve on one fleet: no device exceeds its limit`() throws {
    let engine = try engine(leads: 200, devices: 3, hour: 20)
    try engine.canary(try TestInstance.revision("mine", Self.same), percent: 50)
    let report = try engine.decide()
    #expect(report.queued == 60 && report.waiting == 140)
    #expect(try engine.store.devices(at: engine.clock.now()).lines.allSatisfy { $0.sums.queued == 20 })
    try expectReplayed(engine)
  }

  @Test(arguments: [
    (RollbackLimits.Measure.faults, faulty), (.waiting, waiting), (.moved, moving),
  ])
  func `a worse canary is rolled back at the end of the cycle, with the counts of both sides recorded`(
    measure: RollbackLimits.Measure, source: String
  ) throws {
    let engine = try engine(suspendAfter: 0)
    let candidate = try TestInstance.revision("mine", source)
    let began = try engine.canary(candidate, percent: 30)
    try engine.decide()
    let evidence = try #require(rollbacks(engine).first)
    #expect(evidence.cause == .broken(measure, RollbackLimits.standard[measure]))
    let generation = try engine.generation()
    #expect(generation.number == began + 1 && generation.lineup.canary == nil)
    #expect(generation.change.action == .rollback && generation.change.actor == PolicyChange.program)
    #expect(generation.change.evidence == evidence && generation.change.reason == evidence.sentence)
    #expect(evidence.tallies == (try engine.tallies(in: began)))
    #expect(evidence.tallies.canary.decided + evidence.tallies.live.decided == 600)
    // Within one cycle the live policies decide for all contacts.
    engine.clock.advance(seconds: 400)
    let next = try engine.decide()
    #expect(next.decided > 0 || measure == .moved)
    let late = try sides(engine)
    #expect(late.values.contains { $0.contains(candidate.digest) })
    #expect(next.faults == 0 && next.waiting == 0)
    #expect(rollbacks(engine).count == 1)
    try expectReplayed(engine)
  }

  @Test func `messages that fail at the gateway are counted for the side that decided them`() async throws {
    let gateway = FakeGateway()
    let engine = try engine(gateway: gateway)
    let began = try engine.canary(try TestInstance.revision("mine", Self.same), percent: 30)
    let share = ContactShare(partsPerMillion: 300_000, salt: began)
    gateway.answer { share.contains($0.contact) ? .refused(reason: "no such number") : .accepted(gatewayID: nil) }
    try engine.decide()
    #expect(rollbacks(engine).isEmpty, "nothing is sent yet")
    try await engine.send()
    let tallies = try engine.tallies(in: began)
    #expect(tallies.canary.failed > 100 && tallies.canary.sent == 0)
    #expect(tallies.live.sent > 300 && tallies.live.failed == 0)
    engine.clock.advance(seconds: 61)
    try engine.decide()
    #expect(rollbacks(engine).map(\.cause) == [.broken(.failed, RollbackLimits.standard.failed)])
    #expect(try engine.generation().lineup.canary == nil)
    try expectReplayed(engine)
  }

  @Test func `a handful of contacts does not cause a rollback`() throws {
    let engine = try engine(leads: 12, suspendAfter: 0)
    try engine.canary(
      try TestInstance.revision("mine", "return { select = function(c) error('always') end }"), percent: 50)
    for _ in 0..<40 {
      try engine.decide()
      engine.clock.advance(seconds: 61)
    }
    let generation = try engine.generation()
    let tallies = try engine.tallies(in: generation.number)
    #expect(generation.lineup.canary != nil && rollbacks(engine).isEmpty)
    #expect(tallies.canary.decided > 4 * tallies.canary.judged, "the same contacts failed again and again")
    #expect(tallies.canary.judged <= 12 && tallies.canary.faults == tallies.canary.judged)
  }

  @Test func `a canary whose policy is suspended is rolled back, and nobody else waits for it`() throws {
    let engine = try engine(leads: 100)
    try engine.canary(
      try TestInstance.revision("mine", "return { select = function(c) error('always') end }"), percent: 60)
    let report = try engine.decide()
    #expect((40...80).contains(report.faults), "the contacts of the canary")
    #expect(rollbacks(engine).map(\.cause) == [.suspended(policy: "mine", faults: report.faults)])
    engine.clock.advance(seconds: 400)
    let next = try engine.decide()
    #expect(next.waiting == 0 && next.queued == report.waiting)
    #expect(try engine.store.policyStatuses().first?.suspendedAt == nil)
    try expectReplayed(engine)
  }

  @Test func `the counts of a canary survive the process`() throws {
    let engine = try engine(leads: 400, suspendAfter: 0)
    // A rollback limit that the contacts of one cycle cannot exceed.
    let began = try engine.canary(
      try TestInstance.revision("mine", Self.faulty), percent: 30, rollbackLimits: RollbackLimits(leastJudged: 150))
    try engine.decide()
    let before = try engine.tallies(in: began)
    #expect(rollbacks(engine).isEmpty && before.canary.judged > 80)
    let again = try TestInstance(continuing: engine, suspendAfter: 0)
    #expect(try again.tallies(in: began) == before)
    var more = StoreScenario()
    for lead in 1000..<1400 { more.lead(lead, device: "D1") }
    try again.take(more)
    try again.decide()
    let evidence = try #require(rollbacks(again).first)
    #expect(evidence.tallies.canary.judged > before.canary.judged + 80)
    try expectReplayed(again)
  }

  @Test func `a dry run and an explanation use the same policies for each contact as the next cycle`() throws {
    let engine = try engine(leads: 120)
    try engine.canary(try TestInstance.revision("mine", Self.same), percent: 40)
    var reasons: [ContactID: String] = [:]
    // Only enrols: a tenant whose policies change in the meantime is left to the next cycle.
    try engine.take(StoreScenario())
    _ = try engine.store.enrol(
      tenant: TenantKey(1), limit: 1000, at: engine.clock.now(), epoch: engine.epoch,
      choose: { _ in .enrol(device: nil, reason: "test") })
    let report = try engine.store.read { snapshot in
      try DryRun(
        options: .init(now: engine.clock.now(), listed: .changed),
        against: { CompiledLineup(try snapshot.generation(of: $0.key)!.lineup) },
        candidate: { _ in [try CompiledPolicy(file: "w", source: Array(Self.waiting.utf8))] }
      ).run(on: snapshot)
    }
    #expect(report.changes.count == 120)
    for change in report.changes { reasons[change.contact] = change.before.reason }
    for contact in reasons.keys.sorted(by: { $0.text < $1.text }).prefix(10) {
      let explained = try engine.store.readHistory { snapshot in
        try Explain(
          options: .init(contact: contact.text, now: engine.clock.now()),
          lineup: { CompiledLineup(try snapshot.generation(of: $0.key)!.lineup) }
        ).run(on: snapshot)
      }
      #expect(explained.present?.decision.reason == reasons[contact])
    }
    try engine.decide()
    for (contact, reason) in reasons {
      #expect(try engine.contact(contact.text).decisions.first?.reason == reason)
    }
    #expect(Set(reasons.values) == ["live", "canary"])
  }

  @Test func `a simulation keeps the canary's share to its end`() throws {
    let engine = try engine(leads: 100)
    let began = try engine.canary(try TestInstance.revision("mine", Self.waiting), percent: 40)
    let state = try engine.store.state(of: nil, modelLeads: 0, at: engine.clock.now())
    let simulation = try Simulation(state, options: .init(start: engine.clock.now(), hours: 1))
    var waited: Set<ContactID> = []
    _ = try simulation.run(
      "active", lineup: { _ in CompiledLineup(state.tenants[0].generation!.lineup) },
      observe: { event in
        if case .decided(_, let contact, .wait, _) = event { waited.insert(contact.id) }
      })
    let share = ContactShare(partsPerMillion: 400_000, salt: began)
    let contacts = (0..<100).map { ContactID(stored: "welcome/L\($0)") }
    #expect(waited == Set(contacts.filter(share.contains)))
  }
}
