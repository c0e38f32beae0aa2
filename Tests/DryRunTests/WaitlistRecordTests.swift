import DryRun
import Policies
import Routing
import RoutingTestKit
import Testing
import Wire

/// Waitlists on record, in replays, in cases made of the record, and in dry runs.
struct WaitlistRecordTests {
  private static let queueing = """
    return { select = function(contact, fleet)
      local n = contact.id:byte(-1) % 5
      if n == 0 then return wait_for(fleet, 'full') end
      if n == 1 then return wait_for(contact.device, 'full', 600) end
      if n == 2 then return wait_for({ tag = 'vip', platform = 'sms', except = contact.device }, 'full', 60) end
      if n == 3 then return wait('full', 60) end
      return use(contact.device, 'owner')
    end }
    """

  /// All contacts are enrolled and due, and none is decided.
  private func engine() throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "queueing")
    scenario.device("D1")
    scenario.device("D2", hour: 1)
    scenario.sequence(delays: [60])
    for lead in 1...20 { scenario.lead(lead, device: "D\(lead % 2 + 1)") }
    let engine = try TestInstance(scenario, files: ["queueing": Self.queueing])
    try engine.decide()
    engine.clock.advance(seconds: 60)
    return engine
  }

  private func recorded(_ engine: TestInstance) throws -> [RecordedDecision] {
    var decisions: [RecordedDecision] = []
    try engine.store.readHistory { snapshot in
      try snapshot.visitRecord(
        RecordFilter(), run: { _ in },
        decision: { decision in
          decisions.append(decision)
          return true
        })
    }
    return decisions
  }

  @Test func `a record has the waitlist, and a replay agrees with it`() throws {
    let engine = try engine()
    try engine.decide()
    let decisions = try recorded(engine)
    #expect(decisions.count == 20)
    for decision in decisions {
      let own = try #require(decision.contact.assignedDevice)
      let expected: Waitlist? =
        switch Int(decision.contact.id.text.utf8.last!) % 5 {
        case 0: .fleet
        case 1: .device(own)
        case 2: .filter(DeviceFilter(tag: "vip", platform: "sms", except: own))
        default: nil
        }
      #expect(decision.waitlist == expected, "\(decision.contact.id)")
    }
    let report = try engine.store.readHistory { try Replay(RecordFilter()).run(on: $0) }
    #expect(report.replayed == 20 && report.identical == 20 && report.different == 0)
    let shown = try engine.contact("welcome/L2").decisions
    #expect(shown.first?.waitlist == .fleet)
  }

  @Test func `a case made of the record expects the waitlist`() throws {
    let engine = try engine()
    try engine.decide()
    let number = try #require(try engine.contact("welcome/L4").decisions.first).number
    let made = try engine.store.readHistory {
      try RecordedCase(number, of: TenantID("acme"), isAnonymous: false, in: $0)
    }
    #expect(
      JSONWriter().string(.object(made.expectation))
        == #"{"outcome":"wait","reason":"full","until":"2026-11-22T09:02:00Z","#
        + #""waitlist":{"tag":"vip","platform":"sms","except":"D1"}}"#)
    #expect(made.file.contains("waitlist = {"))
  }

  @Test func `another waitlist is a change in a dry run, with both waitlists in the list`() throws {
    let engine = try engine()
    let other = Self.queueing.replacing("wait_for(fleet, 'full')", with: "wait_for({ tag = 'vip' }, 'full')")
    func policies(_ source: String) -> DryRun.Policies {
      { _ in [try CompiledPolicy(file: "queueing", source: Array(source.utf8))] }
    }
    let report = try engine.store.read {
      try DryRun(
        options: .init(now: engine.clock.now()), against: policies(Self.queueing), candidate: policies(other)
      ).run(on: $0)
    }
    let affected = (1...20).filter { Int("welcome/L\($0)".utf8.last!) % 5 == 0 }.map { "welcome/L\($0)" }
    #expect(report.contacts == 20 && report.changed == affected.count && report.same == 20 - affected.count)
    #expect(report.moved == 0 && report.moves.isEmpty)
    #expect(report.outcomesBefore == report.outcomesAfter)
    #expect(Set(report.changes.map(\.contact.text)) == Set(affected))
    #expect(report.changes.allSatisfy { $0.before.waitlist == .fleet })
    #expect(report.changes.allSatisfy { $0.after.waitlist == .filter(DeviceFilter(tag: "vip")) })
  }

  @Test func `a shadow with another waitlist differs, and its reason names the waitlist`() {
    let comparison = ShadowComparison()
    let fleet = Fleet(tenant: TenantID("acme")!, now: TestInstance.start, members: [])
    func decision(_ waitlist: Waitlist?) -> Decision {
      Decision(
        resolution: .wait(until: TestInstance.start), reason: "full",
        origin: DecisionOrigin(policy: "p", revision: "r"), seed: 1, waitlist: waitlist)
    }
    let contact = ContactID("c1")!
    comparison.add(contact, live: decision(.fleet), shadow: decision(.fleet), in: fleet)
    comparison.add(contact, live: decision(nil), shadow: decision(.device(DeviceID("D1")!)), in: fleet)
    comparison.add(contact, live: decision(.fleet), shadow: decision(.filter(DeviceFilter(tag: "vip"))), in: fleet)
    #expect(comparison.counts.compared == 3 && comparison.counts.agreed == 1)
    #expect(comparison.samples.map(\.live.reason) == ["full", "full (on the waitlist of the fleet)"])
    #expect(
      comparison.samples.map(\.shadow.reason) == [
        "full (on the waitlist of D1)", "full (on the waitlist of devices with the tag 'vip')",
      ])
  }
}
