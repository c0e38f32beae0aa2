import Policies
import Routing
import Testing

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
}
