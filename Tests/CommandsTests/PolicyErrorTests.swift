import Foundation
import RoutingTestKit
import Testing
import Wire

/// A problem of a policy is shown with its source line by every command that meets it.
struct PolicyErrorTests {
  private let folder: TestFolder
  init() throws { folder = TestFolder() }

  private static let misspelt = """
    return {
      select = function(contact, fleet)
        local own = contact.devise
        return use(own, 'owner')
      end,
    }
    """
  private static let shown = """
        local own = contact.devise
                            ^~~~~~
    """.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")

  @Test func `check shows the line, the position and what to do`() throws {
    try folder.write(Self.misspelt, to: "p.lua")
    let outcome = try UsherProcess.run(["check", "p.lua"], in: folder.path)
    #expect(outcome.code == 1)
    #expect(
      outcome.text == """
        p.lua:3:25: error: a contact has no 'devise' [unknown-field]
        \(Self.shown)
          did you mean 'device'? (--fix corrects it)
          why: reading a field that does not exist is a fault, and the contact waits; see Docs/Checks/unknown-field.md

        """)
  }

  @Test func `the documentation shows exactly the printed output`() throws {
    try folder.write(Self.misspelt, to: "vip.lua")
    let outcome = try UsherProcess.run(["check", "vip.lua"], in: folder.path)
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Docs/Policies/README.md").standardized
    #expect(try String(contentsOf: page, encoding: .utf8).contains("$ usher check vip.lua\n\(outcome.text)"))
  }

  @Test func `decide answers as before, and also shows the line`() throws {
    let policy = try folder.write(Self.misspelt, to: "p.lua")
    let outcome = try UsherProcess.run(
      ["decide", "--policy", policy, "--input", "-"], input: Array(#"{"contact":{"id":"c1"}}"#.utf8), in: folder.path)
    #expect(outcome.code == 1)
    #expect(try outcome.json()["error"]["line"] == 3)
    #expect(
      outcome.stderr.hasPrefix("usher: \(policy):3:25: runtime fault: a contact has no field 'devise'"), "\(outcome)")
    #expect(outcome.stderr.contains(Self.shown), "\(outcome)")
  }

  @Test func `the failing one of several policies is shown`() throws {
    let silent = try folder.write("return { select = function() end }", to: "silent.lua")
    let policy = try folder.write(Self.misspelt, to: "p.lua")
    let outcome = try UsherProcess.run(
      ["decide", "--policy", silent, "--policy", policy, "--input", "-"],
      input: Array(#"{"contact":{"id":"c1"}}"#.utf8), in: folder.path)
    #expect(outcome.stderr.hasPrefix("usher: \(policy):3:25: "), "\(outcome)")
  }

  @Test func `test names the line of a failed case, and shows the policy's line`() throws {
    try folder.write(Self.misspelt, to: "p.lua")
    try folder.write(
      """
      return {
        policy = 'p',
        cases = {
          { name = 'a', contact = { id = 'c1' }, expect = { outcome = 'wait', error = { kind = 'runtime' } } },
          { name = 'b', contact = { id = 'c1' }, expect = { outcome = 'use' } },
        },
      }
      """, to: "p_test.lua")
    let outcome = try UsherProcess.run(["test", "p_test.lua"], in: folder.path)
    #expect(outcome.code == 1)
    #expect(outcome.text.hasPrefix("p_test.lua:5: b\n  outcome: expected \"use\", found \"wait\"\n"), "\(outcome)")
    #expect(outcome.text.contains("p.lua:3:25: runtime fault: ") && outcome.text.contains(Self.shown), "\(outcome)")
    #expect(outcome.stderr.contains("1 passed, 1 failed"))
  }

  @Test func `case files and policies that do not compile are shown with the error's position`() throws {
    try folder.write("return {\n  policy = = 'p',\n}\n", to: "q_test.lua")
    let cases = try UsherProcess.run(["test", "q_test.lua"], in: folder.path)
    #expect(cases.stderr.contains("q_test.lua:2: ") && cases.stderr.contains("\n    policy = = 'p',\n"), "\(cases)")
    try folder.write("return {\n  select = = 1,\n}\n", to: "p.lua")
    try folder.write(
      "return { policy = 'p', cases = { { contact = { id = 'c' }, expect = { outcome = 'use' } } } }", to: "p_test.lua")
    let policy = try UsherProcess.run(["test", "p_test.lua"], in: folder.path)
    #expect(policy.code == 1)
    #expect(policy.stderr.contains("p.lua:2:12: syntax fault: "), "\(policy)")
    #expect(policy.stderr.contains("\n    select = = 1,\n             ^\n"), "\(policy)")
  }
}
