import LuaSandbox
import Routing
import Testing
import Wire

@testable import Policies

/// `wait_for` from the script to the answer.
struct WaitForTests {
  private static let request =
    #"{"now":"2026-11-22T09:00:00Z","contact":{"id":"c1","assigned_device":"D1"},"#
    + #""devices":[{"id":"D1","queued":5,"limit_queue":5},{"id":"D2","tags":["vip"],"queued":5,"limit_queue":5}]}"#

  private func answer(_ body: String, explains: Bool = false) throws -> DecideAnswer {
    let source = "return { select = function(contact, fleet) \(body) end }"
    return DecideAnswer(
      try DecideRequest(json: JSONParser.parse(Array(Self.request.utf8))),
      policies: [try CompiledPolicy(file: "p", source: Array(source.utf8))], explains: explains)
  }

  private func text(_ answer: DecideAnswer, _ keys: String...) throws -> String {
    guard case .object(let object) = answer.json else { return "" }
    return JSONWriter().string(.object(JSONObject(keys.map { ($0, object[$0] ?? .null) })))
  }

  @Test(arguments: [
    ("wait_for(fleet, 'full', 600)", #"{"until":"2026-11-22T09:10:00Z","waitlist":"fleet"}"#),
    ("wait_for({}, 'full')", #"{"until":"2026-11-23T09:00:00Z","waitlist":"fleet"}"#),
    ("wait_for(contact.device, 'full', 0)", #"{"until":"2026-11-22T09:00:01Z","waitlist":{"device":"D1"}}"#),
    ("wait_for('D2', 'full', 1)", #"{"until":"2026-11-22T09:00:01Z","waitlist":{"device":"D2"}}"#),
    ("wait_for({ tag = 'vip' }, 'full', 60)", #"{"until":"2026-11-22T09:01:00Z","waitlist":{"tag":"vip"}}"#),
    (
      "wait_for({ except = contact.device, platform = 'sms', tag = 'vip' }, 'full', 60)",
      #"{"until":"2026-11-22T09:01:00Z","waitlist":{"tag":"vip","platform":"sms","except":"D1"}}"#
    ),
    // A wait on time is on no waitlist, and capacity may end it.
    ("wait('full', 600)", #"{"until":"2026-11-22T09:00:01Z","waitlist":null}"#),
    ("use(contact.device, 'x')", #"{"until":null,"waitlist":null}"#),
    ("nil", #"{"until":"2026-11-22T09:00:01Z","waitlist":null}"#),
    ("wait_for(nil, 'x')", #"{"until":"2026-11-22T09:01:00Z","waitlist":null}"#),
  ])
  func `the answer has the waitlist after the latest time`(verdict: String, expected: String) throws {
    let answer = try answer("return \(verdict)")
    #expect(try text(answer, "until", "waitlist") == expected)
    guard case .object(let object) = answer.json else { return }
    #expect(Array(object.keys.prefix(7)) == ["outcome", "device", "reason", "code", "until", "waitlist", "policy"])
  }

  @Test func `a wait_for is a wait with its reason`() throws {
    let decision = try answer("return wait_for(fleet, 'full')").decision
    #expect(decision.outcome == .wait && decision.reason == "full" && decision.code == nil && decision.fault == nil)
    #expect(decision.capacityAt != nil)
    let silent = try answer("return wait_for(fleet)").decision
    #expect(silent.code == .noReason && silent.waitlist == .fleet)
  }

  @Test(arguments: [
    ("wait_for(false, 'x')", Fault.Kind.verdict, ReasonCode.invalidWaitlist),
    ("wait_for({ fleet[1] }, 'x')", .verdict, .invalidWaitlist),
    ("wait_for('D9', 'x')", .device, .deviceOfAnotherFleet),
    ("wait_for({ tags = 'x' }, 'x')", .runtime, .unknownFilter), ("wait_for(fleet, 5)", .verdict, .invalidReason),
    ("wait_for(fleet, 'x', 31622401)", .verdict, .invalidSeconds),
  ])
  func `a wrong argument is a fault with a code, also if a script catches and repeats it`(
    call: String, kind: Fault.Kind, code: ReasonCode
  ) throws {
    let decision = try answer("return \(call)").decision
    #expect(decision.fault?.kind == kind && decision.code == code)
    #expect(decision.waitlist == nil)
    let caught = try answer("local _, text = pcall(function() return \(call) end) return wait_for(fleet, text)")
      .decision
    #expect(caught.fault == nil && caught.code == nil && caught.waitlist == .fleet)
    #expect(caught.caught.map(\.code) == [code])
  }

  @Test func `an explained answer is the same, with the devices as the policy treated them`() throws {
    let body =
      "if fleet:least_loaded({ tag = 'vip' }) then return skip('x') end return wait_for({ tag = 'vip' }, 'full', 60)"
    let (plain, explained) = (try answer(body), try answer(body, explains: true))
    #expect(try text(plain, "until", "waitlist") == text(explained, "until", "waitlist"))
    #expect(explained.considered.map(\.device.text) == ["D1", "D2"])
    #expect(explained.considered.allSatisfy { $0.verdict == .rejected })
  }

  @Test func `a guard that makes a chosen contact wait puts it on no waitlist`() throws {
    let policy = try GuardTests.policy("return use('D1', 'mine')")
    let stop = try GuardTests.guardian("return wait_for(choice.device, 'not now', 90)")
    let evaluator = Evaluator(policies: [policy], guards: [stop], fleet: GuardTests.fleet())
    let decision = evaluator.decide(Contact(id: ContactID("c1")!), seed: 7)
    #expect(decision.waitlist == nil && decision.reason == "not now")
    #expect(decision.resolution == .wait(until: evaluator.fleet.now.advanced(bySeconds: 90)))
    // Without a chosen device no guard is evaluated.
    let waiting = Evaluator(
      policies: [try GuardTests.policy("return wait_for('D2', 'full', 5)")], guards: [stop], fleet: GuardTests.fleet())
    #expect(waiting.decide(Contact(id: ContactID("c1")!), seed: 7).waitlist == .device(DeviceID("D2")!))
  }

  @Test func `in enroll it acts as wait`() throws {
    for (verdict, seconds) in [("wait_for(fleet, 'later', 90)", 90), ("wait_for(fleet, 'later')", 300)]
      as [(String, Int64)]
    {
      let source = "return { select = function() return nil end, enroll = function(lead, fleet) return \(verdict) end }"
      let policy = try CompiledPolicy(file: "p", source: Array(source.utf8))
      let evaluator = Evaluator(policies: [policy], fleet: GuardTests.fleet())
      let answer = evaluator.enroll(Lead(id: "L1"), seed: 1)
      #expect(answer.choice == .wait(until: evaluator.fleet.now.advanced(bySeconds: seconds), reason: "later"))
    }
  }

  @Test func `the next policy is not asked after a wait_for`() throws {
    let first = try GuardTests.policy("return wait_for({ tag = 'vip' }, 'full', 5)", file: "first")
    let second = try GuardTests.policy("return use('D1', 'x')", file: "second")
    let decision = Evaluator(policies: [first, second], fleet: GuardTests.fleet()).decide(
      Contact(id: ContactID("c1")!), seed: 1)
    #expect(decision.policy == "first" && decision.waitlist == .filter(DeviceFilter(tag: "vip")))
  }
}
