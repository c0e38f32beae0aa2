import Policies
import Routing
import Testing
import Wire

@testable import PolicyTesting

struct PolicyCasesTests {
  private let fallback = ShippedPolicies.source(of: "fallback")!

  private func cases(_ source: String) throws -> PolicyCases {
    try PolicyCases(file: "fallback_test.lua", source: Array(source.utf8))
  }

  @Test func `a passing case has no differences, and a failing one shows what was expected and found`() throws {
    let results = try cases(
      """
      local devices = { { id = 'D1', sent_hour = 80, limit_hour = 80 }, { id = 'D2', queued = 4 }, { id = 'D3', queued = 1 } }
      return { policy = 'fallback', cases = {
        { name = 'right', contact = { id = 'c1', assigned_device = 'D1' }, devices = devices,
          expect = { outcome = 'use', device = 'D3' } },
        { name = 'wrong', contact = { id = 'c1', assigned_device = 'D1' }, devices = devices,
          expect = { outcome = 'use', device = 'D2', reason = 'owner' } },
        { name = 'none', contact = { id = 'c1', tags = {}, attributes = {} }, devices = {}, expect = { outcome = 'wait' } },
      } }
      """
    ).run(policy: "fallback", source: fallback)
    #expect(results.map(\.name) == ["right", "wrong", "none"])
    #expect(results.map(\.holds) == [true, false, true])
    #expect(
      results[1].differences == [
        #"device: expected "D2", found "D3""#, #"reason: expected "owner", found "owner unavailable""#,
      ])
    #expect(results[1].reason == "owner unavailable")
  }

  @Test(arguments: [
    ("return contact.devise", "code = 'unknown_field'", true), ("return contact.devise", "code = 'no_opinion'", false),
    ("return contact.devise", "error = { code = 'unknown_field', kind = 'runtime' }", true),
    ("return wait('x')", "code = 'no_opinion'", false), ("return nil", "code = 'no_opinion'", true),
    // What 0.1.0 said.
    (
      "return contact.devise",
      "reason = \"runtime fault in p, line 1: a contact has no field 'devise'; the nearest is 'device'\"", true
    ),
    (
      "return contact.devise",
      "reason = \"runtime fault in p, line 1: a contact has no field 'devise'; the nearest is 'tags'\"", false
    ),
    ("return contact.devise", "reason = 'runtime fault in p, line 1: a verdict has no fields; return it'", false),
    ("while true do end", "error = { message = 'the instruction budget of 1000000 is used up', line = 1 }", true),
    ("while true do end", "error = { message = 'the instruction budget of 1000000 is used up', line = 2 }", false),
    ("while true do end", "error = { message = 'a verdict has no fields; return it' }", false),
    (
      "error('the instruction budget of 1 is used up')",
      "error = { message = 'the instruction budget of 2 is used up' }", false
    ),
  ])
  func `a case may expect a code, and the words of 0.1.0 go on holding`(body: String, expect: String, holds: Bool)
    throws
  {
    let results = try cases(
      "return { policy = 'p', cases = { { contact = { id = 'c1' }, expect = { \(expect) } } } }"
    ).run(policy: "p", source: Array("return { select = function(contact, fleet) \(body) end }".utf8))
    #expect(results[0].holds == holds, "\(results[0].differences)")
  }

  @Test(arguments: [
    ("return { policy = 'fallback', cases = {} }", "the file has no cases"),
    ("return { policy = 'fallback' }", "the file has no cases"),
    ("return { cases = { { contact = { id = 'c' }, expect = { outcome = 'use' } } } }", "policy"),
    ("return { policy = 'p', cases = { { contact = { id = 'c' } } } }", "expect"),
    ("return { policy = 'p', cases = { { contact = { id = 'c' }, expect = {} } } }", "expect"),
    ("return { policy = 'p', cases = { { contact = { id = 'c' }, expect = { outcom = 'use' } } } }", "outcom"),
    ("return { policy = 'p', cases = { { contact = { id = 'c' }, expcet = { outcome = 'use' } } } }", "expcet"),
    ("return { policy = 'p', cases = { { contact = { id = 'c', nam = 'x' }, expect = { outcome = 'use' } } } }", "nam"),
    ("return 1", "expected the file to return a table"),
    ("return { policy = 'p', cases = { { contact = { id = function() end } } } }", "expected data, found a function"),
    ("return {", "<eof>"), ("while true do end", "instruction budget"),
  ])
  func `a file without cases is refused`(source: String, expected: String) {
    let failure = #expect(throws: PolicyCases.Failure.self) { try cases(source) }
    #expect(failure?.message.contains(expected) == true, "\(failure?.message ?? "")")
  }

  @Test func `an expected object may have some of the keys`() throws {
    let results = try cases(
      """
      return { policy = 'p', cases = { { contact = { id = 'c' }, devices = {},
        expect = { error = { kind = 'runtime', line = 1 } } } } }
      """
    ).run(policy: "p", source: Array("return { select = function(c) return use(c.devise) end }".utf8))
    #expect(results.map(\.holds) == [true])
  }

  @Test(arguments: [
    ("wait_for(fleet, 'x')", "'fleet'", true), ("wait_for(fleet, 'x')", "{ device = 'D1' }", false),
    ("wait_for('D1', 'x')", "{ device = 'D1' }", true), ("wait_for('D1', 'x')", "{ device = 'D2' }", false),
    ("wait_for({ tag = 'a', except = 'D1' }, 'x')", "{ except = 'D1', tag = 'a' }", true),
    // Another filter, which matches more devices.
    ("wait_for({ tag = 'a', except = 'D1' }, 'x')", "{ tag = 'a' }", false),
    ("wait_for({ tag = 'a' }, 'x')", "{ tag = 'a', platform = 'sms' }", false),
    ("wait('x')", "false", true), ("wait_for(fleet, 'x')", "false", false), ("wait('x')", "'fleet'", false),
    ("use('D1', 'x')", "false", true),
  ])
  func `an expected waitlist must be complete, and false expects none`(verdict: String, expected: String, holds: Bool)
    throws
  {
    let results = try cases(
      """
      return { policy = 'p', cases = { { contact = { id = 'c' }, devices = { { id = 'D1' }, { id = 'D2' } },
        expect = { waitlist = \(expected) } } } }
      """
    ).run(policy: "p", source: Array("return { select = function(contact, fleet) return \(verdict) end }".utf8))
    #expect(results.map(\.holds) == [holds], "\(results[0].differences)")
  }

  @Test func `a property sees the waitlist of the decision`() throws {
    let source = """
      return { policy = 'p', properties = { ['waits for its own device'] = function(request, decision)
        if decision.outcome ~= 'wait' then return true end
        return decision.waitlist.device == request.contact.device.id, tostring(decision.waitlist.tag)
      end }, cases = { { contact = { id = 'c' }, devices = {}, expect = { outcome = 'wait' } } } }
      """
    let own = PolicyProperties(file: "p_test.lua", source: Array(source.utf8), names: ["waits for its own device"])
    let policy = try CompiledPolicy(
      file: "p",
      source: Array(
        """
        return { select = function(contact)
          if contact.step == 1 then return wait_for(contact.device, 'x') end
          return wait_for({ tag = 'vip' }, 'x')
        end }
        """.utf8))
    let asked = try [1, 2].map { step in
      let request = try DecideRequest(
        json: JSONParser.parse(
          Array(#"{"contact":{"id":"c","step":\#(step),"assigned_device":"D1"},"devices":[{"id":"D1"}]}"#.utf8)))
      return (request, DecideAnswer(request, policies: [policy]))
    }
    let broken = try own.broken(asked)
    #expect(broken.map { $0?.why } == [nil, "vip"])
  }
}
