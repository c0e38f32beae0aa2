import Routing
import Testing
import Wire

@testable import Policies

/// Each device has the first reason why it was not chosen, and the reason is correct.
struct DeviceConsiderationTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// The body of `select(contact, fleet)`.
    let body: String
    let expected: [String]
    var assigned = "D1"
  }

  private static let devices = """
    [{"id":"D1","sent_hour":80,"limit_hour":80},{"id":"D2","queued":32,"limit_hour":80,"tags":["kl"]},
     {"id":"D3","queued":10,"limit_hour":80,"tags":["kl"],"platform":"sms"},{"id":"D4","queued":10,"limit_hour":80},
     {"id":"D5","status":"offline"}]
    """

  private static let full = "D1: rejected: 80 of 80 this hour"
  private static let offline = "D5: rejected: offline"

  static let cases = [
    Case(
      testDescription: "the least loaded", body: "return use(fleet:least_loaded(), 'least')",
      expected: [
        full, "D2: eligible: load 0.40; D3 had 0.13", "D3: chosen: least",
        "D4: eligible: load 0.13 like D3, which comes first in the fleet", offline,
      ]),
    Case(
      testDescription: "a filter", body: "return use(fleet:least_loaded({ tag = 'kl', except = 'D3' }), 'kl')",
      expected: [
        full, "D2: chosen: kl", "D3: eligible: the policy excluded this device",
        "D4: eligible: does not have the tag 'kl' that the policy required", offline,
      ]),
    Case(
      testDescription: "a query that led nowhere counts less than the one that led to the device",
      body: "return use(fleet:least_loaded({ tag = 'none' }) or fleet:first_available(), 'first')",
      expected: [
        full, "D2: chosen: first", "D3: eligible: comes after D2, the first that could accept more",
        "D4: eligible: comes after D2, the first that could accept more", offline,
      ]),
    Case(
      testDescription: "a platform", body: "return use(fleet:hash(contact.id, { platform = 'sms' }), 'by key')",
      expected: [
        full, "D2: eligible: is not on the platform 'sms' that the policy required", "D3: chosen: by key",
        "D4: eligible: is not on the platform 'sms' that the policy required", offline,
      ]),
    Case(
      testDescription: "candidates, one of them in hand",
      body: "local few = fleet:candidates(2) return use(few[1], 'of ' .. few[2].id)",
      expected: [
        full, "D2: eligible: not among the 2 least loaded: load 0.40; D4 had 0.13", "D3: chosen: of D4",
        "D4: eligible: the policy considered it (read id) and chose D3", offline,
      ]),
    Case(
      testDescription: "the assigned device", body: "return use(contact.device, 'owner')",
      expected: [
        "D1: rejected: 80 of 80 this hour", "D2: chosen: owner",
        "D3: eligible: not considered: the policy chose the assigned device D2 first",
        "D4: eligible: not considered: the policy chose the assigned device D2 first", offline,
      ], assigned: "D2"),
    Case(
      testDescription: "a walk over the fleet",
      body: "for _, d in ipairs(fleet) do if d.id == 'D4' then return move(d, 'mine') end end",
      expected: [
        full, "D2: eligible: the policy considered it (read id) and moved the contact to D4",
        "D3: eligible: the policy considered it (read id) and moved the contact to D4", "D4: chosen: mine", offline,
      ]),
    Case(
      testDescription: "a wait", body: "return wait('not now', 60)",
      expected: [full]
        + (2...4).map { "D\($0): eligible: not considered: the policy let the contact wait" }
        + [offline]),
    Case(
      testDescription: "a skip", body: "return skip('no')",
      expected: [full]
        + (2...4).map { "D\($0): eligible: not considered: the policy skipped the step" }
        + [offline]),
    Case(
      testDescription: "a fault", body: "local d = fleet[2].load return contact.devise",
      expected: [
        full, "D2: eligible: the policy considered it (read load) and failed",
        "D3: eligible: not considered: the policy failed first",
        "D4: eligible: not considered: the policy failed first", offline,
      ]),
    Case(
      testDescription: "more than is kept track of",
      body: "for i = 1, 5000 do local d = fleet[2] end return use(fleet[3], 'third')",
      expected: [
        full, "D2: eligible: the policy considered it and chose D3", "D3: chosen: third",
        "D4: eligible: the policy read more devices than the trace holds, and chose D3", offline,
      ]),
  ]

  @Test(arguments: cases) func `the reasons are what happened`(example: Case) throws {
    let policy = try CompiledPolicy(
      file: "p", source: Array("return { select = function(contact, fleet) \(example.body) end }".utf8))
    #expect(try considered([policy], assigned: example.assigned) == example.expected)
  }

  @Test func `loads are shown with as many digits as needed to distinguish them`() throws {
    let json = """
      {"contact":{"id":"c1"},"devices":[{"id":"D1","queued":1203,"limit_day":10000},{"id":"D2","queued":1201,"limit_day":10000}]}
      """
    let policy = try CompiledPolicy(
      file: "p", source: Array("return { select = function(c, fleet) return use(fleet:least_loaded(), 'x') end }".utf8))
    let request = try DecideRequest(json: try JSONParser.parse(Array(json.utf8)))
    let answer = DecideAnswer(request, policies: [policy], explains: true)
    #expect(answer.considered.map(\.reason) == ["load 0.1203; D2 had 0.1201", "x"])
  }

  @Test func `the reads and queries of all policies in a list count`() throws {
    let first = "return { name = 'a', select = function(contact, fleet) local d = fleet:get('D4') end }"
    let second = "return { name = 'b', select = function(contact, fleet) return use(fleet:get('D2'), 'two') end }"
    let policies = try [first, second].map { try CompiledPolicy(file: "p", source: Array($0.utf8)) }
    #expect(
      try considered(policies, assigned: "D1") == [
        Self.full, "D2: chosen: two", "D3: eligible: not considered: the policy chose D2",
        "D4: eligible: the policy considered it and chose D2", Self.offline,
      ])
  }

  @Test func `if no policy ran, no device was considered`() throws {
    let broken = CompiledPolicy(broken: Fault(.syntax, "no such file"), file: "gone", source: [])
    let lines = try considered([broken], assigned: "D1")
    #expect(lines[1] == "D2: eligible: no policy was evaluated: syntax fault in gone: no such file")
    let suspended = try CompiledPolicy(file: "p", source: Array("return { select = function() end }".utf8))
    suspended.suspend("policy 'p' is suspended")
    #expect(
      try considered([suspended], assigned: "D1")[1] == "D2: eligible: no policy was evaluated: policy 'p' is suspended"
    )
  }

  @Test func `the trace lists the evaluated policies and their answers`() throws {
    let sources = [
      "return { name = 'a', select = function() note('hm') end }",
      "return { name = 'b', select = function() return wait('later', 5) end }",
      "return { name = 'c', select = function() return skip('never asked') end }",
    ]
    let policies = try sources.map { try CompiledPolicy(file: "p", source: Array($0.utf8)) }
    let evaluator = Evaluator(policies: policies, fleet: HostileScript.fleet)
    let (decision, trace) = evaluator.traced { evaluator.decide(Contact(id: ContactID("c1")!), seed: 1) }
    #expect(trace.asked.map(\.origin.policy) == ["a", "b"])
    #expect(trace.asked.map(\.answer) == [.noOpinion, .verdict(.wait, seconds: 5)])
    #expect(trace.asked.map(\.notes) == [["hm"], []])
    #expect(trace.asked.map(\.instructions).reduce(0, +) == decision.instructions)
    #expect(!trace.isCut && trace.queries.isEmpty)
    // Nothing evaluated and nothing decided: the trace is empty.
    #expect(evaluator.traced {}.1 == DecisionTrace())
  }

  private func considered(_ policies: [CompiledPolicy], assigned: String) throws -> [String] {
    let json =
      #"{"contact":{"id":"c1","assigned_device":"\#(assigned)"},"devices":\#(Self.devices)}"#
    let request = try DecideRequest(json: try JSONParser.parse(Array(json.utf8)))
    let answer = DecideAnswer(request, policies: policies, explains: true)
    let plain = DecideAnswer(request, policies: policies)
    #expect(answer.decision == plain.decision)
    return answer.considered.map { "\($0.device): \($0.verdict.rawValue): \($0.reason)" }
  }
}
