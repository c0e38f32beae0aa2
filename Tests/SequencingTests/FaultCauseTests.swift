import DryRun
import Policies
import Routing
import RoutingTestKit
import Sequencing
import Testing
import Wire

/// A fault names the contact and the value that the script failed on.
struct FaultCauseTests {
  /// The reason of the only contact, whose lead has these attributes, after one cycle with this policy.
  private func fault(_ source: String, _ attributes: JSONObject = [:], name: String = "Ann") throws -> String {
    let engine = try engine(source, attributes, name: name)
    #expect(try engine.decide().faults == 1)
    let reason = try #require(try engine.contact("welcome/L7").reason)
    // With and without the cause it is the same decision.
    let replay = try engine.store.readHistory { try Replay(RecordFilter()).run(on: $0) }
    #expect(replay.different == 0 && replay.identical == 1)
    return String(reason.split(separator: ": ", maxSplits: 1)[1])
  }

  private func engine(_ source: String, _ attributes: JSONObject, name: String = "Ann") throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    scenario.device("D1", tags: ["vip"])
    scenario.sequence()
    scenario.lead(7, device: "D1", name: name)
    scenario.add("lead", [("tenant", "acme"), ("id", "L7"), ("attributes", .object(attributes))])
    return try TestInstance(scenario, files: ["mine": source])
  }

  private static func select(_ body: String) -> String { "return { select = function(contact, fleet)\n\(body)\nend }" }

  @Test(arguments: [
    // The value's name is in the line.
    (
      "local n = contact.name\nlocal spent = contact.attributes.spent\nlocal city = contact.attributes.city\nreturn wait('x', spent + 1)",
      "contact.attributes.spent of welcome/L7 is \"1,250.00\""
    ),
    // Another name; of the texts read before, the last one.
    (
      "local x = contact.attributes.spent\nlocal y = contact.step\nif x >= 1000 then return skip('x') end",
      "contact.attributes.spent of welcome/L7 is \"1,250.00\""
    ),
    // A missing value.
    ("return wait('x', contact.attributes.age * 2)", "contact.attributes.age of welcome/L7 is nil"),
    // A number, a boolean.
    ("return use(contact.attributes.visits)", "contact.attributes.visits of welcome/L7 is 3"),
    ("return wait('no ' .. contact.attributes.paid)", "contact.attributes.paid of welcome/L7 is true"),
    // A message of the script.
    (
      "if contact.attributes.city == 'Bonn' then\nerror('not here')\nend",
      "contact.attributes.city of welcome/L7 is \"Bonn\""
    ),
    // A device's value.
    ("return wait('x', fleet[1].id + 1)", "id of device D1 is \"D1\", for contact welcome/L7"),
    // Nothing was read.
    ("error('always')", "contact welcome/L7"),
  ])
  func `it is the value that the line names, else one of the type in the message, else the last one`(
    body: String, cause: String
  ) throws {
    let attributes: JSONObject = ["spent": "1,250.00", "city": "Bonn", "visits": 3, "paid": true]
    let reason = try fault(Self.select(body), attributes)
    #expect(reason.hasSuffix(": " + cause), "\(reason)")
  }

  @Test(arguments: ["name", "phone"])
  func `names and phone numbers are not shown`(field: String) throws {
    let reason = try fault(Self.select("return wait('x', contact.\(field) + 1)"))
    #expect(reason.hasSuffix(": contact.\(field) of welcome/L7 is a text"), "\(reason)")
  }

  @Test func `control characters are escaped, and long texts are shortened`() throws {
    let body = Self.select("return wait('x', contact.attributes.spent - 1)")
    let escaped = try fault(body, ["spent": "a\u{1B}[31m\nb\u{202E}"])
    #expect(escaped.hasSuffix("is \"a\\u{1b}[31m\\u{a}b\\u{202e}\""), "\(escaped)")
    let long = try fault(body, ["spent": .string(String(repeating: "x", count: 61))])
    #expect(long.hasSuffix("is \"\(String(repeating: "x", count: 60))…\""), "\(long)")
  }

  @Test func `after a fault that used up a limit the script does not run again, and the contact is named`() throws {
    let reason = try fault(Self.select("while contact.attributes.spent do end"), ["spent": 1])
    #expect(reason.hasSuffix(": contact welcome/L7"), "\(reason)")
  }

  @Test func `naming the cause reserves nothing and changes no later decision`() throws {
    let source = Self.select(
      "if contact.attributes.bad then return wait('x', fleet:least_loaded().load + contact.attributes.bad) end\n"
        + "return use(fleet:least_loaded(), 'least')")
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "mine")
    scenario.device("D1", hour: 100)
    scenario.device("D2", hour: 100)
    scenario.sequence()
    for lead in 0..<60 {
      scenario.lead(lead)
      guard lead % 3 == 0 else { continue }
      scenario.add(
        "lead", [("tenant", "acme"), ("id", .string("L\(lead)")), ("attributes", .object(["bad": "text"]))])
    }
    let engine = try TestInstance(scenario, files: ["mine": source])
    let report = try engine.decide()
    #expect(report.queued == 40 && report.faults == 20)
    #expect(try engine.store.devices(at: engine.clock.now()).lines.map(\.sums.queued) == [20, 20])
    let replay = try engine.store.readHistory { try Replay(RecordFilter()).run(on: $0) }
    #expect(replay.different == 0 && replay.identical == 60)
  }

  @Test func `explain names the value of a present fault, and of the recorded one`() throws {
    let engine = try engine(Self.select("return wait('x', contact.attributes.spent + 1)"), ["spent": "1,250.00"])
    try engine.decide()
    let catalog = PolicyCatalog(rules: engine.folder.file("Rules"))
    let explanation = try engine.store.readHistory { snapshot in
      try Explain(
        options: Explain.Options(contact: "welcome/L7", now: engine.clock.now()),
        policies: { _ in [CompiledPolicy.orBroken(try catalog.entry(named: "mine"), parameters: [])] }
      ).run(on: snapshot)
    }
    let cause = ": contact.attributes.spent of welcome/L7 is \"1,250.00\""
    #expect(explanation.present?.decision.reason.hasSuffix(cause) == true)
    #expect(explanation.present?.trace.reads.isEmpty == false)
    guard case .waiting(_, let reason) = explanation.state else {
      Issue.record("expected a waiting contact, found \(explanation.state)")
      return
    }
    #expect(reason.hasSuffix(cause))
  }
}
