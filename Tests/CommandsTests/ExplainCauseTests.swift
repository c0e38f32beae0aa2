import DryRun
import Operations
import Policies
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import Representations

/// What `usher explain` names as the cause of a wait, and what would end it: faults, and devices that have capacity again.
struct ExplainCauseTests {
  private static let wake = "usher contact wake welcome/L1 --tenant acme"

  private func explanation(_ engine: TestInstance, _ contact: String = "welcome/L1") throws -> ContactExplanation {
    try ExplainQuery(contact: contact).run(
      engine.store, catalog: PolicyCatalog(rules: engine.folder.file("Rules")), at: engine.clock.now())
  }

  private func changes(_ engine: TestInstance, _ contact: String = "welcome/L1") throws -> [String] {
    let explanation = try explanation(engine, contact)
    return explanation.changes.map(ExplainText(explanation).sentence)
  }

  private func spent(_ value: JSONValue, lead: Int = 1) -> StoreScenario {
    var change = StoreScenario()
    change.add("lead", [("tenant", "acme"), ("id", .string("L\(lead)")), ("attributes", .object(["spent": value]))])
    return change
  }

  /// Leads of D1, the first with a text where the policy compares a number.
  private func faulty(policy: String = "spend", files: [String: String], leads: Int = 1, suspendAfter: Int = 20) throws
    -> TestInstance
  {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: policy)
    for device in 1...3 { scenario.device("D\(device)") }
    scenario.sequence()
    for lead in 1...leads { scenario.lead(lead, device: "D1") }
    let engine = try TestInstance(scenario, files: files, suspendAfter: suspendAfter)
    for lead in 1...leads { try engine.take(spent("1,250.00", lead: lead)) }
    return engine
  }

  private static let spend = """
    return { select = function(contact)
      if contact.attributes.spent > 1000 then return use(contact.device, 'spends') end
      return use(contact.device, 'owner')
    end }
    """

  @Test func `the next fault of a contact that is set aside makes it wait for hours, not for a minute`() throws {
    let engine = try faulty(files: ["spend": Self.spend])
    for _ in 0..<5 {
      try engine.decide()
      engine.clock.advance(seconds: 60)
    }
    let explanation = try explanation(engine)
    let words = ExplainText(explanation)
    #expect(
      words.state.hasPrefix("Step 1 of 1 waits until 10:04 UTC: set aside after 5 faults in a row: runtime fault"))
    let sentences = words.decision(try #require(explanation.present))
    #expect(sentences[0].hasPrefix("spend ("))
    #expect(sentences[0].contains(" would make it wait until 11:05 UTC: runtime fault"))
    #expect(
      sentences.contains(
        "After a fault nothing is sent or skipped; the contact is set aside until 11:05 UTC after 6 faults in a row."))
    let json = try JSONParser.parse(Array(ExplainReport(explanation).text(.json).utf8))
    #expect(json["decision"]["until"] == "2026-11-22T11:05:00Z")
    #expect(
      try changes(engine) == [
        "the data that it fails on are corrected with `usher import`, the policy 'spend' is fixed, or its parameters "
          + "change", Self.wake,
      ])
    // What is named ends the wait.
    try engine.take(spent(1250))
    try engine.decide()
    #expect(try engine.contact("welcome/L1").status == .queued)
  }

  @Test func `a guard that fails is called a guard`() throws {
    let spendcap = """
      return { guard = function(contact)
        if contact.attributes.spent > 1000 then return wait('spent enough', 60) end
      end }
      """
    let engine = try faulty(policy: "assigned", files: ["guards/spendcap": spendcap])
    try engine.store.changeGuards(actor: "ann", at: engine.clock.now(), reason: nil) { list in
      list = [GuardListing(name: "spendcap", parameters: [], own: [])]
      return "set"
    }
    #expect(try engine.decide().faults == 1)
    #expect(
      try changes(engine) == [
        "the data that it fails on are corrected with `usher import`, the guard 'spendcap' is fixed, or its "
          + "parameters change"
      ])
  }

  @Test func `a suspended policy is explained once, and a command probes it`() throws {
    let engine = try faulty(files: ["spend": Self.spend], leads: 4, suspendAfter: 2)
    try engine.decide()
    engine.clock.advance(seconds: 60)
    try engine.decide()
    let explanation = try explanation(engine)
    let words = ExplainText(explanation)
    let decided = try #require(explanation.present)
    #expect(words.decision(decided)[0].contains("policy 'spend' is suspended: "))
    #expect(
      words.considerations(decided).map(\.sentence)
        == Array(repeating: "no policy was evaluated: policy 'spend' is suspended", count: 3))
    #expect(
      try changes(engine) == [
        "the data of the contacts that it fails on are corrected with `usher import`, the policy 'spend' is fixed, or its "
          + "parameters change", Self.wake,
      ])
  }

  @Test func `the device that gains capacity is the one that the contact goes to`() async throws {
    let tagged = """
      return { select = function(contact, fleet)
        local tag = contact.attributes.tag
        local own = fleet:least_loaded({ tag = tag })
        if own then return use(own, 'tag') end
        return wait_for({ tag = tag }, 'full', 7200)
      end }
      """
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "tagged")
    for device in 1...20 { scenario.device("D\(device)", hour: 1, pace: [0, 0], tags: ["t\(device)"]) }
    scenario.sequence()
    for lead in 1...40 {
      let tag = "t\((lead - 1) % 20 + 1)"
      scenario.lead(lead)
      scenario.add(
        "lead", [("tenant", "acme"), ("id", .string("L\(lead)")), ("attributes", .object(["tag": .string(tag)]))])
    }
    let engine = try TestInstance(scenario, files: ["tagged": tagged])
    try await engine.step(seconds: 60)
    // All devices have capacity again at the same time, more of them than are tried one by one.
    for (lead, device) in [(23, "D3"), (39, "D19")] {
      #expect(
        try changes(engine, "welcome/L\(lead)") == [
          "\(device) has capacity again at 10:00 UTC: it would then go to \(device)"
        ])
    }
  }

  /// Three contacts of D1, which may send two messages an hour and does so.
  private func bulk(share: Int, hour: Int = 2) async throws -> TestInstance {
    let queueing = """
      return { select = function(contact)
        if contact.device.can_accept_more then return use(contact.device, 'owner') end
        return wait_for(contact.device, 'full', 7200)
      end }
      """
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "queueing", bulkShare: share)
    scenario.device("D1", hour: hour, pace: [0, 0])
    scenario.sequence("promo", delays: [0], priorities: [.bulk])
    for lead in 1...3 { scenario.lead(lead, device: "D1") }
    let engine = try TestInstance(scenario, files: ["queueing": queueing])
    try await engine.step(seconds: 60)
    return engine
  }

  @Test func `a bulk share or a limit that leaves nothing is named, with what to raise`() async throws {
    let share = try await bulk(share: 0)
    let waiting = try explanation(share, "promo/L2")
    #expect(
      ExplainText(waiting).next.hasPrefix(
        "It is never served: the tenant's bulk_share of 0 % leaves bulk messages nothing of the limits. "))
    #expect(try changes(share, "promo/L2") == ["the tenant's `bulk_share` is raised with `usher import`"])
    let limit = try await bulk(share: 100, hour: 0)
    let never = try explanation(limit, "promo/L2")
    #expect(
      ExplainText(never).next.hasPrefix(
        "It is never served: a limit of 0 keeps its devices from accepting messages. "))
    #expect(try changes(limit, "promo/L2") == ["the limits of its devices are raised with `usher import`"])
    let json = try JSONParser.parse(Array(ExplainReport(never).text(.json).utf8))
    #expect(json["changes"].items.map { $0["code"] } == ["limits"])
  }

  @Test func `a device with more unsent messages than its limit is free after further windows`() async throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "assigned")
    scenario.device("D1", hour: 3, pace: [0, 0])
    scenario.sequence()
    for lead in 1...11 { scenario.lead(lead, device: "D1") }
    let engine = try TestInstance(scenario)
    // Three are sent at 09:00, three at 10:00, three at 11:00; these leave the window at 12:00, when the last two are sent.
    try await engine.step(seconds: 60)
    let explanation = try ExplainQuery(contact: "welcome/L1", candidates: []).run(
      engine.store, catalog: PolicyCatalog(rules: nil), at: engine.clock.now())
    #expect(explanation.fleet.refusal(0) != nil)
    #expect(explanation.fleet.freeAt(0)?.rfc3339 == "2026-11-22T12:00:00Z")
    #expect(explanation.fleet.roomAt(0)?.rfc3339 == "2026-11-22T10:01:00Z")
  }
}
