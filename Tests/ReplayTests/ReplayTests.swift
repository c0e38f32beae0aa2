import DryRun
import Policies
import Routing
import RoutingTestKit
import StoreSQL
import StoreSQLite
import Testing
import Wire

/// Recorded decisions can be replayed byte for byte.
struct ReplayTests {
  static let shipped = ["assigned", "fallback", "reassign", "strict", "least_loaded"]

  @Test(arguments: shipped)
  func `a day of live cycles replays byte for byte`(policy: String) async throws {
    var day = try RecordedDay(policies: [policy], seed: 1)
    try await day.live(rounds: 70)
    try expectIdentical(day.engine)
  }

  @Test(arguments: [
    ["careless", "fallback"], ["opinionless", "faulty", "fallback"], ["notes", "least_loaded"], ["broken"],
    ["opinionless", "broken"], ["looping"],
  ])
  func `lists, faults, notes, randomness, unusable files and suspensions replay too`(
    policies: [String]
  ) async throws {
    var day = try RecordedDay(policies: policies, seed: 2)
    try await day.live(rounds: 40)
    let report = try expectIdentical(day.engine)
    if policies.contains("broken") { #expect(report.notAsked > 100) }
    if policies == ["looping"] { #expect(report.notAsked > 0 && report.identical >= 20) }
  }

  @Test func `decisions replay across a policy change, a restart and a clock that was set back`() async throws {
    var day = try RecordedDay(policies: ["fallback"], seed: 3)
    try await day.live(rounds: 15)
    try day.activate(["reassign"])
    try await day.live(rounds: 10)
    try day.restart()
    try await day.live(rounds: 10)
    day.engine.clock.set(day.engine.clock.now().advanced(bySeconds: -7200))
    try await day.live(rounds: 10)
    try day.activate(["careless", "strict"])
    try await day.live(rounds: 10)
    try day.restart()
    try await day.live(rounds: 5)
    try expectIdentical(day.engine)
  }

  @Test func `one process per cycle records no more than one process for all cycles`() async throws {
    var sizes: [Int] = []
    for restarts in [false, true] {
      var day = try RecordedDay(policies: ["fallback"], seed: 4)
      for _ in 0..<25 {
        if restarts { try day.restart() }
        try await day.live(rounds: 1)
      }
      try expectIdentical(day.engine)
      sizes.append(try RecordRows(day.engine).count("SELECT sum(length(body)) FROM fleet_records"))
    }
    #expect(sizes[0] == sizes[1])
  }

  @Test func `attributes and ages of devices replay as they were, whatever an import changes later`() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "reader")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    let reader = """
      return { select = function(contact, fleet)
        local device = contact.device
        return wait((device.attributes.city or '-') .. ' ' .. device.age_days, 30)
      end }
      """
    let engine = try TestInstance(scenario, files: ["reader": reader])
    var reasons: [String] = []
    for keys in [
      "", #","attributes":{"city":"KL"},"activated_at":"2026-11-01T00:00:00Z""#, #","attributes":{"city":"Ω","n":2.5}"#,
      #","activated_at":"2027-01-01T00:00:00Z""#, #","attributes":null,"activated_at":null"#,
    ] {
      let line = #"{"type":"device","tenant":"acme","id":"D1"\#(keys)}"#
      _ = try engine.store.importFile(.init(Array(line.utf8)), .init(now: engine.clock.now()))
      #expect(try engine.decide().decided == 1)
      reasons.append(try engine.contact("welcome/L1").reason ?? "")
      engine.clock.advance(seconds: 86_400)
    }
    #expect(reasons == ["- 0", "KL 22", "Ω 23", "Ω 0", "- 4"])
    let report = try expectIdentical(engine)
    #expect(report.identical == 5)
  }

  @Test func `a change between two decisions is visible only to the later one`() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "reader")
    scenario.device("D1", tags: ["a"])
    scenario.device("D2")
    scenario.sequence()
    scenario.lead(1, device: "D1", name: "Aina")
    let reader = """
      return { select = function(c, fleet)
        local city = 'nowhere'
        for _, name in ipairs({ 'city' }) do city = c.attributes[name] or city end
        note(fleet[1].name .. ' ' .. fleet[1].platform .. ' ' .. #fleet[1].tags .. ' ' .. #fleet)
        return wait((c.name or '?') .. c.phone .. ' ' .. city .. ' ' .. #c.tags, 30)
      end }
      """
    let engine = try TestInstance(scenario, files: ["reader": reader])
    var reasons: [String] = []
    func decide() throws {
      #expect(try engine.decide().decided == 1)
      reasons.append(try engine.contact("welcome/L1").reason ?? "")
      engine.clock.advance(seconds: 400)
    }
    func change(_ lines: String...) throws {
      let text = lines.map { "\($0)\n" }.joined()
      _ = try engine.store.importFile(.init(Array(text.utf8)), .init(now: engine.clock.now()))
    }
    try decide()
    try change(#"{"type":"lead","tenant":"acme","id":"L1","name":"Aina B.","tags":["vip"],"attributes":{"city":"KL"}}"#)
    try decide()
    try change(
      #"{"type":"lead","tenant":"acme","id":"L1","name":"Nobody saw this"}"#,
      #"{"type":"lead","tenant":"acme","id":"L1","phone":"+15559999999","name":"Caf\u00e9"}"#,
      #"{"type":"device","tenant":"acme","id":"D1","name":"Renamed","platform":"sms","tags":[]}"#)
    try decide()
    try change(#"{"type":"lead","tenant":"acme","id":"L1","name":"Cafe\u0301"}"#)
    try engine.store.retireDevice(
      DeviceID("D2")!, of: TenantID("acme")!, reassignTo: nil, reason: "old", actor: "test", at: engine.clock.now())
    try decide()
    try change(#"{"type":"sequence","tenant":"acme","id":"welcome","steps":[{"delay_s":0,"content":"{nothing}"}]}"#)
    try decide()
    try change(
      #"{"type":"sequence","tenant":"acme","id":"welcome","steps":[{"delay_s":0,"content":"Hi again"}]}"#,
      #"{"type":"device","tenant":"acme","id":"D3","name":"New"}"#,
      #"{"type":"lead","tenant":"acme","id":"L1","name":"Last"}"#)
    engine.clock.advance(seconds: 4000)
    try decide()
    #expect(Set(reasons.map { Array($0.utf8) }).count == 6, "each decision saw something else: \(reasons)")
    try expectIdentical(engine)
  }

  @Test func `a policy under two names keeps the right name in its faults`() throws {
    var scenario = StoreScenario()
    for (tenant, policy) in [("acme", "mine"), ("globex", "yours")] {
      scenario.tenant(tenant, policy: policy)
      scenario.device("D1", of: tenant)
      scenario.sequence(of: tenant)
      scenario.lead(tenant == "acme" ? 1 : 2, of: tenant, device: "D1")
    }
    let failing = "return { select = function(c) return wait(nil .. c.id) end }"
    let engine = try TestInstance(scenario, files: ["mine": failing, "yours": failing])
    #expect(try engine.decide().faults == 2)
    #expect(try engine.contact("welcome/L2", of: "globex").reason?.contains("in yours") == true)
    try expectIdentical(engine)
  }

  @Test func `a message with NUL characters is rendered before its device is reserved`() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "least_loaded")
    for device in 1...3 { scenario.device("D\(device)", hour: 2) }
    scenario.sequence(content: "{code}")
    for lead in 1...6 {
      scenario.add(
        "lead",
        [
          ("tenant", .string("acme")), ("id", .string("L\(lead)")), ("phone", .string("+1555000000\(lead)")),
          ("triggers", .array([.string("NEW")])),
          ("attributes", .object(JSONObject([("code", .string(lead % 3 == 1 ? " " : "x"))]))),
        ])
    }
    let engine = try TestInstance(scenario)
    // No import accepts such a value.
    try RecordRows(engine).change(#"UPDATE leads SET attributes = '{"code":"\u0000"}' WHERE id % 3 = 0"#)
    let report = try engine.decide()
    #expect(report.decided == 6 && report.queued == 4 && report.faults == 0)
    #expect(try engine.contact("welcome/L3").messages.map(\.content) == ["\u{FFFD}"])
    try expectIdentical(engine)
  }

  @Test func `a single decision is replayed after the earlier decisions of its run`() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "least_loaded")
    for device in 1...3 { scenario.device("D\(device)", hour: 4) }
    scenario.sequence()
    for lead in 1...14 { scenario.lead(lead) }
    let engine = try TestInstance(scenario)
    #expect(try engine.decide().queued == 12)
    for number in 1...14 {
      let report = try replay(engine, RecordFilter(decision: Int64(number)))
      #expect(report.decisions == 1 && report.identical == 1)
    }
    #expect(try replay(engine, RecordFilter(decision: 15)).decisions == 0)
  }

  @Test func `since and until select whole runs, and the parts add up`() async throws {
    var day = try RecordedDay(policies: ["fallback"], seed: 5)
    try await day.live(rounds: 30)
    let middle = TestInstance.start.advanced(
      byMilliseconds: (day.engine.clock.now().milliseconds - TestInstance.start.milliseconds) / 2)
    let all = try replay(day.engine)
    let (before, after) = (
      try replay(day.engine, RecordFilter(until: middle)), try replay(day.engine, RecordFilter(since: middle))
    )
    #expect(before.decisions > 0 && after.decisions > 0 && before.decisions + after.decisions == all.decisions)
    #expect(before.different == 0 && after.different == 0)
  }

  @Test func `replay shows no change for the same policy, and the difference for another`() async throws {
    var day = try RecordedDay(policies: ["strict"], seed: 6)
    try await day.live(rounds: 30)
    for (name, isSame) in [("strict", true), ("reassign", false)] {
      let report = try day.engine.store.readHistory { snapshot in
        try ReplayComparison(
          RecordFilter(), now: day.engine.clock.now(),
          candidate: { tenant in
            let entry = try PolicyCatalog(rules: nil).entry(named: name)
            return [try CompiledPolicy(file: entry.name, source: entry.source, parameters: tenant.parameters)]
          }
        ).run(on: snapshot)
      }
      #expect(report.contacts > 100 && (report.changed == 0) == isSame, "\(name)")
      #expect(report.same + report.changed == report.contacts)
    }
  }

  @discardableResult
  private func expectIdentical(
    _ engine: TestInstance, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> ReplayReport {
    let report = try replay(engine)
    #expect(report.decisions > 0 && report.identical + report.notAsked > 0, sourceLocation: sourceLocation)
    #expect(report.timeouts == 0 && report.unrecorded.byPolicies == 0, sourceLocation: sourceLocation)
    #expect(report.foreignRevisions.isEmpty, sourceLocation: sourceLocation)
    if let difference = report.firstDifference {
      Issue.record(
        "\(report.different) of \(report.decisions) differ, first \(difference.decision): recorded \(JSONWriter().string(difference.recorded.json)), replayed \(JSONWriter().string(difference.replayed.json))",
        sourceLocation: sourceLocation)
    }
    let broken = try engine.store.integrity().checks.filter { $0.violations > 0 && !$0.name.hasPrefix("cap-") }
    #expect(broken.isEmpty, "\(broken)", sourceLocation: sourceLocation)
    return report
  }

  private func replay(_ engine: TestInstance, _ filter: RecordFilter = RecordFilter()) throws -> ReplayReport {
    try engine.store.readHistory { try Replay(filter).run(on: $0) }
  }
}
