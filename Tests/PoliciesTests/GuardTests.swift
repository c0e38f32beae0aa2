import Foundation
import PolicyLint
import PolicyTestKit
import PolicyTesting
import Routing
import Testing

@testable import Policies

/// What guards can and cannot do to a decision.
struct GuardTests {
  private static let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  static func fleet(_ count: Int = 3) -> Fleet {
    Fleet(
      tenant: TenantID("acme")!, now: now,
      members: (1...count).map {
        .init(device: Device(key: DeviceKey(Int64($0)), id: DeviceID("D\($0)")!), load: DeviceLoad())
      })
  }

  static func policy(_ body: String, file: String = "chooser") throws -> CompiledPolicy {
    try CompiledPolicy(
      file: file, source: Array("return { select = function(contact, fleet)\n\(body)\nend }".utf8))
  }

  static func guardian(
    _ body: String, head: String = "", file: String = "guards/g", parameters: [Parameter] = []
  ) throws -> CompiledPolicy {
    let source = "return { \(head) guard = function(contact, choice, fleet)\n\(body)\nend }"
    return try CompiledPolicy(file: file, source: Array(source.utf8), parameters: parameters, kind: .guard)
  }

  private func decide(
    _ policy: String, _ guards: [CompiledPolicy], _ contact: Contact = Contact(id: ContactID("c1")!)
  ) throws -> Decision {
    Evaluator(policies: [try Self.policy(policy)], guards: guards, fleet: Self.fleet()).decide(contact, seed: 7)
  }

  @Test func `a guard sees the contact, the choice and the fleet`() throws {
    let seeing = try Self.guardian(
      """
      note(choice.outcome .. ' ' .. choice.device.id .. ' ' .. choice.reason .. ' ' .. choice.policy)
      note(contact.messages_day .. ' ' .. contact.moves .. ' ' .. #fleet .. ' ' .. tostring(choice))
      note(choice.device == fleet[2])
      """)
    let decision = try decide(
      "return move('D2', 'because')", [seeing], Contact(id: ContactID("c1")!, messagesDay: 3, moves: 4))
    #expect(decision.notes == ["move D2 because chooser", "3 4 3 choice", "true"])
    #expect(decision.resolution == .move(device: 1))
    #expect(decision.reason == "because" && decision.policy == "chooser" && decision.narrowed == nil)
  }

  @Test func `its answer is a wait in its name, with the choice recorded`() throws {
    let policy = try Self.policy("note('p') return use('D3', 'mine')")
    let alone = Evaluator(policies: [policy], fleet: Self.fleet()).decide(Contact(id: ContactID("c1")!), seed: 7)
    let stop = try Self.guardian("note('g') return wait('not now', 90)")
    let evaluator = Evaluator(policies: [policy], guards: [stop], fleet: Self.fleet())
    let decision = evaluator.decide(Contact(id: ContactID("c1")!), seed: 7)
    #expect(decision.resolution == .wait(until: Self.now.advanced(bySeconds: 90)))
    #expect(decision.reason == "not now" && decision.origin == stop.origin && decision.notes == ["p", "g"])
    #expect(decision.instructions > alone.instructions, "both count")
    #expect(
      decision.narrowed
        == NarrowedChoice(
          origin: policy.origin, outcome: .use, device: 2, deviceKey: DeviceKey(3), reason: "mine"))
    #expect(evaluator.fleet.load(2).queued == 0, "nothing is reserved")
  }

  @Test func `the first guard with a verdict ends the evaluation, in list order`() throws {
    let guards = try [
      Self.guardian("return nil", file: "guards/a"), Self.guardian("return wait('b', 60)", file: "guards/b"),
      Self.guardian("return wait('c', 60)", file: "guards/c"),
    ]
    let decision = try decide("return use('D1', 'x')", guards)
    #expect(decision.reason == "b" && decision.origin.policy == "guards/b")
  }

  @Test(arguments: ["return wait('p', 60)", "return skip('p')", "return nil", "error('p')", "return use('D9', 'p')"])
  func `it is not evaluated if no device was chosen`(body: String) throws {
    let loud = try Self.guardian("note('asked') return wait('g', 1)")
    let (with, without) = (try decide(body, [loud]), try decide(body, []))
    #expect(with == without)
    #expect(!with.notes.contains("asked"))
  }

  @Test(arguments: [
    ("return use(choice.device, 'x')", "there is no global 'use'"), ("return skip('x')", "there is no global 'skip'"),
    ("return move('D1', 'x')", "there is no global 'move'"),
    ("return true", "guard: expected a verdict (wait, wait_for) or nil, found a boolean"),
    ("return choice", "guard: expected a verdict (wait, wait_for) or nil, found choice"),
    ("choice.device = fleet[1]", "cannot set 'device'"), ("return choice.devise", "a choice has no field 'devise'"),
    ("return wait('x', -1)", "wait: expected 0 to 31622400 seconds, found a negative number"),
  ])
  func `anything other than a wait is a fault, and a fault makes the contact wait`(body: String, message: String) throws
  {
    let decision = try decide("return use('D1', 'x')", [try Self.guardian(body)])
    #expect(decision.resolution == .wait(until: Self.now.advanced(bySeconds: Admission.faultRetrySeconds)))
    #expect(decision.fault?.message.hasPrefix(message) == true, "\(decision.fault?.message ?? "none")")
    #expect(decision.reason.contains("fault in guards/g, line "))
    #expect(decision.narrowed?.device == 0)
  }

  @Test func `an unusable or suspended guard makes every contact wait`() throws {
    let broken = CompiledPolicy(
      broken: Fault(.syntax, "no file"), file: "guards/gone", source: [], kind: .guard)
    #expect(try decide("return use('D1', 'x')", [broken]).fault == Fault(.syntax, "no file"))
    let tired = try Self.guardian("return nil")
    tired.suspend("it failed too often")
    let decision = try decide("return use('D1', 'x')", [tired])
    #expect(decision.outcome == .wait && decision.reason == "it failed too often" && decision.fault == nil)
  }

  @Test func `it applies from the counts in its file on`() throws {
    let limit = try Self.guardian(
      "return wait('asked', 60)", head: "params = { limit = 3 }, when = { messages_day = 'limit', moves = 1 },")
    func asked(_ messages: Int, _ moves: Int) throws -> Bool {
      try decide(
        "return use('D1', 'x')", [limit], Contact(id: ContactID("c1")!, messagesDay: messages, moves: moves)
      ).reason == "asked"
    }
    #expect(try [asked(2, 1), asked(3, 0), asked(3, 1), asked(9, 9)] == [false, false, true, true])
    let wider = try Self.guardian(
      "return wait('asked', 60)", head: "params = { limit = 3 }, when = { messages_day = 'limit' },",
      parameters: [Parameter("limit", .number(0.5))])
    let decision = try decide(
      "return use('D1', 'x')", [wider], Contact(id: ContactID("c1")!, messagesDay: 1))
    #expect(decision.reason == "asked")
  }

  @Test(arguments: [
    ("when = { loads = 1 },", "when: unknown count 'loads'; expected one of attempts, messages_day, moves, step"),
    ("when = { moves = 'limit' },", "when: moves: there is no parameter 'limit'"),
    ("when = { moves = true },", "when: moves: expected a number, or the name of a parameter that is one"),
    ("when = 3,", "when: expected a table, found a number"),
    ("select = function() end,", "unknown key 'select' in the table of a guard"),
  ])
  func `an invalid condition is refused`(head: String, message: String) {
    do {
      _ = try Self.guardian("return nil", head: head)
      Issue.record("\(head) was taken")
    } catch let fault as Fault { #expect(fault.message.hasPrefix(message), "\(fault.message)") } catch {
      Issue.record("\(error)")
    }
  }

  @Test func `a policy is not a guard, and a guard is not a policy`() {
    let guardian = Array("return { guard = function() end }".utf8)
    let policy = Array("return { select = function() end }".utf8)
    #expect(throws: Fault.self) { try CompiledPolicy(file: "p", source: guardian) }
    #expect(throws: Fault.self) { try CompiledPolicy(file: "g", source: policy, kind: .guard) }
  }

  @Test func `copies answer alike, are suspended separately, and have no interpreter before their first evaluation`()
    throws
  {
    let model = try Self.guardian("return wait('no', 60)")
    let (one, other) = (model.copy(), model.copy())
    #expect(one.revision == model.revision && !one.isBroken && one.condition == model.condition)
    one.suspend("tired")
    #expect(try decide("return use('D1', 'x')", [one]).reason == "tired")
    #expect(try decide("return use('D1', 'x')", [other]).reason == "no")
    one.answer(with: nil)
    #expect(try decide("return use('D1', 'x')", [one]).reason == "no")
    let broken = CompiledPolicy(broken: Fault(.syntax, "no"), file: "guards/x", source: [], kind: .guard).copy()
    #expect(broken.isBroken)
    #expect(try decide("return use('D1', 'x')", [broken]).fault?.message == "no")
  }

  @Test func `guards that answered are reported, those that failed or were not evaluated are not`() throws {
    let guards = try [
      Self.guardian("return nil", file: "guards/a"),
      Self.guardian("return nil", head: "when = { moves = 1 },", file: "guards/b"),
      Self.guardian("error('x')", file: "guards/c"), Self.guardian("return nil", file: "guards/d"),
    ]
    let evaluator = Evaluator(policies: [try Self.policy("return use('D1', 'x')")], guards: guards, fleet: Self.fleet())
    let first = evaluator.decide(Contact(id: ContactID("c1")!), seed: 1)
    #expect(first.guards == [guards[0].origin] && first.fault != nil)
    let second = evaluator.decide(Contact(id: ContactID("c1")!, moves: 1), seed: 1)
    #expect(second.guards == [guards[0].origin, guards[1].origin])
    let passed = Evaluator(
      policies: [try Self.policy("return use('D1', 'x')")], guards: [guards[0]], fleet: Self.fleet())
    let decision = passed.decide(Contact(id: ContactID("c1")!), seed: 1)
    #expect(decision.outcome == .use && decision.guards == [guards[0].origin])
  }

  @Test func `a trace contains the policy and the evaluated guards`() throws {
    let guards = try [
      Self.guardian("return nil", file: "guards/a"), Self.guardian("return wait('b', 9)", file: "guards/b"),
    ]
    let policy = try Self.policy("return use(contact.device or 'D1', 'x')")
    let evaluator = Evaluator(policies: [policy], guards: guards, fleet: Self.fleet())
    let (decision, trace) = evaluator.traced { evaluator.decide(Contact(id: ContactID("c1")!), seed: 1) }
    #expect(trace.asked.map(\.origin.policy) == ["chooser", "guards/a", "guards/b"])
    #expect(trace.asked.map(\.answer) == [.verdict(.use, seconds: nil), .noOpinion, .verdict(.wait, seconds: 9)])
    let considerations = DeviceConsideration.all(of: decision, trace: trace, in: Self.fleet())
    #expect(considerations[0].reason == .narrowed && considerations[0].verdict == .eligible)
    #expect(guards.allSatisfy { $0.trace == nil })
  }

  @Test(arguments: ShippedPolicies.guards.map(\.name))
  func `the shipped guards have no findings and pass their cases`(name: String) throws {
    let entry = try PolicyCatalog(rules: Repository.path("Rules")).guardEntry(named: name)
    #expect(entry.source == ShippedPolicies.source(of: "guards/\(name)"))
    #expect(PolicyCheck(file: name, source: entry.source).findings.map(\.message) == [])
    let cases = try PolicyCases(file: "\(name)_test", source: try #require(entry.cases))
    #expect(cases.policy == name && cases.kind == .guard && cases.count > 3)
    for result in try cases.run(policy: entry.name, source: entry.source) {
      #expect(result.holds, "\(result.name): \(result.differences)")
    }
  }

  @Test func `the documented guard passes the documented cases`() throws {
    let text = try String(contentsOfFile: Repository.path("Docs/Guards.md"), encoding: .utf8)
    let blocks = text.components(separatedBy: "```lua\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
    #expect(blocks.count == 2)
    let source = Array(try #require(blocks.first).utf8)
    #expect(PolicyCheck(file: "small_fleets", source: source).findings.map(\.message) == [])
    let cases = try PolicyCases(file: "page", source: Array(try #require(blocks.last).utf8))
    #expect(cases.kind == .guard && cases.policy == "small_fleets")
    for result in try cases.run(policy: "guards/small_fleets", source: source) {
      #expect(result.holds, "\(result.name): \(result.differences)")
    }
  }
}
