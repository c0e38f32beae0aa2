import Policies
import Routing
import Testing

@testable import PolicyLint

struct PolicyCheckTests {
  private func findings(_ source: String) -> [String] {
    PolicyCheck(file: "p", source: Array(source.utf8)).findings.map { finding in
      let place = "\(finding.line ?? 0):\(finding.column ?? 0)"
      return "\(place) \(finding.severity) \(finding.message)" + (finding.advice.map { " (\($0))" } ?? "")
    }
  }

  @Test(arguments: ShippedPolicies.all.map(\.name))
  func `the shipped policies have no findings`(name: String) throws {
    let source = try #require(ShippedPolicies.source(of: name))
    #expect(PolicyCheck(file: name, source: source).findings.isEmpty)
  }

  @Test func `a syntax error has its line and column`() {
    let found = findings(
      "return {\n  select = function(contact, fleet)\n    return use(contact.device owner)\n  end,\n}")
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("3:") == true, "\(found)")
  }

  @Test(arguments: [
    (
      "return { select = function(c, f) return wiat('x') end }",
      "1:41 error there is no global 'wiat' (did you mean 'wait'?)"
    ),
    ("return { select = function(c, f) n = 1 end }", "1:34 error 'n' is assigned but not declared (write `local n`)"),
    (
      "return { select = function(c, f) return use(c.devise) end }",
      "1:47 error a contact has no 'devise' (did you mean 'device'?)"
    ),
    (
      "return { select = function(c, f) return use(f:least_load()) end }",
      "error a fleet has no 'least_load' (did you mean 'least_loaded'?)"
    ),
    (
      "return { select = function(c, f) return wait(string.gsub('a', 'b', 'c')) end }",
      "error there is no 'string.gsub' in policies"
    ),
    ("return { name = 'x' }", "error the hook 'select' is missing"),
    (
      "return { select = function() end, slect = 1 }",
      "error unknown key 'slect' in the table of a policy; did you mean 'select'?"
    ),
    ("return { select = 'x' }", "error select: expected a function, found text"),
    ("return 1", "error expected the file to return a table"),
    (
      "local n = 0 return { select = function() n = n + 1 end }",
      "warning 'n' gets its old value back after each decision"
    ),
    ("local x <close> = nil return { select = function() end }", "error to-be-closed variables"),
    ("return { select = function() end, stalled = function() end }", "warning the hook 'stalled' is not called"),
    ("while true do end return { select = function() end }", "error the instruction budget"),
    ("local w = params.max return { select = function() end }", "error 'params' can only be read inside a hook"),
    ("return { select = function() _ENV = {} end }", "error the name '_ENV' is not available"),
  ])
  func `a finding has its position and advice`(source: String, expected: String) {
    let found = findings(source)
    #expect(found.contains { $0.contains(expected) }, "\(found)")
  }

  @Test func `no hook is ever called`() {
    #expect(findings("return { select = function() while true do end end }").isEmpty)
  }
}
