import Foundation
import RoutingTestKit
import Testing
import Wire

/// `usher check` on the command line: formats, exit codes, suppressions and fixes.
struct CheckCommandTests {
  private let folder: TestFolder
  init() throws { folder = TestFolder() }

  private static let misspelt = "return {\n  select = function(contact)\n    note('é', contact.devise)\n  end,\n}\n"
  private static let warned = "return {\n  select = function(contact)\n    local d = contact.device\n  end,\n}\n"

  private func check(_ arguments: String...) throws -> UsherProcess.Outcome {
    try UsherProcess.run(["check"] + arguments, in: folder.path)
  }

  @Test func `a finding is a row with its rule, its end and its fix`() throws {
    try folder.write(Self.misspelt, to: "p.lua")
    let outcome = try check("--format", "json", "p.lua")
    #expect(outcome.code == 1)
    let expected: JSONValue = [
      [
        "file": "p.lua", "line": 3, "column": 23, "severity": "error", "message": "a contact has no 'devise'",
        "advice": "did you mean 'device'?", "rule": "unknown-field", "end_line": 3, "end_column": 29,
        "fix": [["line": 3, "column": 23, "end_line": 3, "end_column": 29, "text": "device"]],
      ]
    ]
    #expect(try outcome.json() == expected)
    let table = try check("--format", "csv", "p.lua")
    #expect(table.text.hasPrefix("file,line,column,severity,message,advice,rule,end_line,end_column,fix\n"))
  }

  @Test func `SARIF output has each rule, and a result with its region and its fix`() throws {
    try folder.write(Self.misspelt, to: "a b.lua")
    let outcome = try check("--format", "sarif", "./a b.lua")
    #expect(outcome.code == 1)
    let log = try outcome.json()
    #expect(log["version"] == "2.1.0")
    let run = log["runs"].items[0]
    #expect(run["columnKind"] == "unicodeCodePoints")
    let rules = run["tool"]["driver"]["rules"].items
    let result = run["results"].items[0]
    #expect(run["results"].items.count == 1)
    #expect(result["ruleId"] == "unknown-field" && result["level"] == "error")
    guard case .integer(let index) = result["ruleIndex"] else { return #expect(Bool(false), "\(result)") }
    #expect(rules[Int(index)]["id"] == "unknown-field")
    for rule in rules {
      for key in ["shortDescription", "fullDescription", "help"] { #expect(rule[key]["text"].text?.isEmpty == false) }
      #expect(rule["helpUri"].text.flatMap { URL(string: $0) }?.scheme != nil)
    }
    let place: JSONValue = ["uri": "a%20b.lua"]
    let region: JSONValue = ["startLine": 3, "startColumn": 23, "endLine": 3, "endColumn": 29]
    #expect(result["locations"].items == [["physicalLocation": ["artifactLocation": place, "region": region]]])
    let change = result["fixes"].items[0]["artifactChanges"].items[0]
    #expect(change["artifactLocation"] == place)
    #expect(change["replacements"].items == [["deletedRegion": region, "insertedContent": ["text": "device"]]])
    // Without findings, the output is a run without results.
    try folder.write("return { select = function() end }", to: "fine.lua")
    let fine = try check("--format", "sarif", "--pages", "https://docs.example/checks/", "fine.lua")
    #expect(fine.code == 0)
    let clean = try fine.json()["runs"].items[0]
    #expect(clean["results"] == [])
    #expect(clean["tool"]["driver"]["rules"].items[0]["helpUri"] == "https://docs.example/checks/syntax.md")
  }

  @Test func `warnings exit 0, or 1 if they count as errors, and a rule can be left out`() throws {
    try folder.write(Self.warned, to: "w.lua")
    #expect(try check("w.lua").code == 0)
    #expect(try check("--warnings-as-errors", "w.lua").code == 1)
    let without = try check("--warnings-as-errors", "--disable", "unused-local", "w.lua")
    #expect(without.code == 0 && without.output.isEmpty && without.stderr == "w.lua: fine\n", "\(without)")
  }

  @Test(arguments: [
    ["--disable", "unused-locl", "w.lua"], ["--disable", "unknown-field", "w.lua"], ["--fix", "-"],
    ["--list-rules", "--format", "sarif"], ["--format", "xml", "w.lua"],
  ])
  func `contradictory options are wrong usage`(arguments: [String]) throws {
    try folder.write(Self.warned, to: "w.lua")
    let outcome = try UsherProcess.run(["check"] + arguments, in: folder.path)
    #expect(outcome.code == 64 && outcome.output.isEmpty, "\(outcome)")
  }

  @Test func `the rules are listed`() throws {
    let outcome = try check("--list-rules", "--format", "json")
    #expect(outcome.code == 0)
    let rows = try outcome.json().items
    #expect(rows.count > 20)
    #expect(rows.contains { $0["rule"] == "nan-score" && $0["severity"] == "warning" && $0["fix"] == false })
    #expect(rows.allSatisfy { $0["page"].text == "Docs/Checks/\($0["rule"].text ?? "").md" })
  }

  @Test func `a fix is written, reported, and not needed twice`() throws {
    let path = try folder.write(Self.misspelt, to: "p.lua")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link.lua", withDestinationPath: "p.lua")
    let outcome = try check("--fix", "link.lua")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(outcome.stderr == "link.lua:3:23: fixed: 'devise' becomes 'device' [unknown-field]\nlink.lua: fine\n")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == Self.misspelt.replacing("devise", with: "device"))
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path + "/link.lua") == "p.lua")
    let again = try check("--fix", "p.lua")
    #expect(again.stderr == "p.lua: fine\n")
    #expect(
      try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date == attributes[
        .modificationDate] as? Date)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["link.lua", "p.lua"])
  }

  @Test func `a fix that would make the file worse is reported and not offered again`() throws {
    let locals = (1...198).map { "local l\($0) = \($0)\n" }.joined()
    try folder.write("return { select = function(contact, fleet)\n\(locals)score = 1 note(score) end }", to: "p.lua")
    #expect(
      try check("--disable", "unused-local", "p.lua").text.contains("  write `local score` (--fix corrects it)\n"))
    let outcome = try check("--fix", "--disable", "unused-local", "p.lua")
    #expect(outcome.code == 1 && outcome.text.contains("  write `local score`\n"), "\(outcome)")
    #expect(
      outcome.stderr.hasPrefix("p.lua:200:1: not fixed, the file would then have a new error: "), "\(outcome.stderr)")
  }

  @Test func `files that do not parse and fixes of excluded rules are not written`() throws {
    let broken = Self.misspelt + "retrun 1\n"
    let path = try folder.write(broken, to: "broken.lua")
    #expect(try check("--fix", "broken.lua").code == 1)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == broken)
    let dropped = "return { select = function(contact) use(contact.device, 'x') end }"
    let other = try folder.write(dropped, to: "dropped.lua")
    #expect(try check("--fix", "--disable", "unreturned-verdict", "dropped.lua").code == 0)
    #expect(try String(contentsOfFile: other, encoding: .utf8) == dropped)
  }

  @Test func `many findings are counted in tables and complete in JSON`() throws {
    let body = String(repeating: "note(contact.devise) ", count: 150)
    try folder.write("return { select = function(contact) \(body) end }", to: "many.lua")
    let shown = try check("many.lua")
    #expect(shown.text.split(separator: "\n").count { $0.hasPrefix("many.lua:") } == 100)
    #expect(shown.stderr == "many.lua: 50 more; --format csv lists all\n")
    #expect(try check("--format", "json", "many.lua").json().items.count == 150)
  }

  @Test func `the explanation of a rule is printed once`() throws {
    try folder.write("return { select = function(contact) note(contact.devise) note(contact.nmae) end }", to: "p.lua")
    let text = try check("p.lua").text
    #expect(text.components(separatedBy: "  why: ").count == 2)
    #expect(text.contains("see Docs/Checks/unknown-field.md\n"))
  }

  @Test func `case files are checked and never fixed`() throws {
    let source = "return { policy = 'fallback', casse = {} }"
    let path = try folder.write(source, to: "p_test.lua")
    let outcome = try check("--fix", "--format", "json", "p_test.lua")
    #expect(outcome.code == 1)
    #expect(try outcome.json().items.map { $0["rule"] } == ["unreadable-cases"])
    #expect(try String(contentsOfFile: path, encoding: .utf8) == source)
  }
}
