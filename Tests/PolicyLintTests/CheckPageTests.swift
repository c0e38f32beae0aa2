import Foundation
import LuaSyntax
import PolicyTestKit
import Testing

@testable import PolicyLint

/// `Docs/Checks` has a page for each rule of `usher check`, and its examples are correct.
struct CheckPageTests {
  private func findings(_ source: String, of rule: PolicyCheck.Rule) -> [PolicyCheck.Finding] {
    rule == .unreadableCases
      ? PolicyCheck.findings(inCases: "p_test.lua", source: Array(source.utf8))
      : PolicyCheck(file: "p", source: Array(source.utf8)).findings
  }

  private func words(_ findings: [PolicyCheck.Finding]) -> [String] {
    findings.map { "\($0.line ?? 0):\($0.column ?? 0) [\($0.rule.rawValue)] \($0.message)" }
  }

  @Test func `each rule has a page, and each page a rule`() {
    #expect(Set(CheckPage.all.map(\.rule)) == Set(PolicyCheck.Rule.allCases.map(\.rawValue)))
    #expect(CheckPage.all.count == PolicyCheck.Rule.allCases.count)
  }

  @Test(arguments: CheckPage.all) func `a page has the summary and facts of its rule`(page: CheckPage) throws {
    let rule = try #require(PolicyCheck.Rule(rawValue: page.rule))
    #expect(page.text.hasPrefix("# `\(page.rule)`\n"))
    #expect(page.summary.lowercased() == rule.summary.lowercased() + ".")
    #expect(page.facts["severity"] == rule.severity.rawValue)
    #expect((page.facts["--fix"] != "no") == rule.isFixable)
    for heading in ["## Why\n", "## Hit\n", "## Fine\n", "## How to fix it\n"] {
      #expect(page.text.contains(heading), "\(heading)")
    }
  }

  @Test(arguments: CheckPage.all) func `the examples under Hit have exactly the documented findings`(page: CheckPage)
    throws
  {
    let rule = try #require(PolicyCheck.Rule(rawValue: page.rule))
    let examples = try #require(page.examples["Hit"])
    for text in examples {
      let example = CheckExample(text)
      let found = findings(example.source, of: rule)
      #expect(!example.expected.isEmpty)
      // A finding about the whole file counts as one on the first line.
      #expect(
        found.map { "\($0.line ?? 1): \($0.message)" } == example.expected.map { "\($0.line): \($0.message)" },
        "\(words(found))")
      #expect(found.allSatisfy { $0.rule == rule }, "\(words(found))")
    }
  }

  @Test(arguments: CheckPage.all) func `the examples under Fine have no findings`(page: CheckPage) throws {
    let rule = try #require(PolicyCheck.Rule(rawValue: page.rule))
    for text in try #require(page.examples["Fine"]) {
      let found = findings(CheckExample(text).source, of: rule)
      #expect(found.isEmpty, "\(words(found))")
    }
  }

  @Test(arguments: CheckPage.all) func `the documented fix is applied, once`(page: CheckPage) throws {
    let rule = try #require(PolicyCheck.Rule(rawValue: page.rule))
    let hit = CheckExample(try #require(page.examples["Hit"]?.first))
    let fixedFile = PolicyCheck.FixedFile(file: "p", source: Array(hit.source.utf8))
    guard let expected = page.examples["How to fix it"]?.first else {
      #expect(fixedFile.fixed.isEmpty, "\(words(fixedFile.fixed))")
      #expect(!rule.isFixable, "a rule that is mended where it is certain shows it")
      return
    }
    let source = String(decoding: fixedFile.source, as: UTF8.self)
    #expect(hit.body(of: source) == expected)
    #expect(fixedFile.fixed.allSatisfy { $0.rule == rule })
    #expect(PolicyCheck.FixedFile(file: "p", source: fixedFile.source).fixed.isEmpty)
  }

  @Test func `the list has every rule with its facts and summary`() throws {
    let list = try String(contentsOf: CheckPage.folder.appendingPathComponent("README.md"), encoding: .utf8)
    for rule in PolicyCheck.Rule.allCases {
      let name = rule.rawValue
      #expect(
        list.contains(
          "| [\(name)](\(name).md) | \(rule.severity.rawValue) | \(rule.isFixable ? "yes" : "no") | \(rule.summary) |\n"
        )
      )
    }
    let example = try #require(
      list.components(separatedBy: "```lua\n").dropFirst().first?.components(separatedBy: "```").first)
    #expect(findings(CheckExample(example).source, of: .hardCodedCap).isEmpty)
    let open = example.replacing("check: ignore", with: "look at")
    #expect(findings(CheckExample(open).source, of: .hardCodedCap).map(\.rule) == [.hardCodedCap])
  }

  @Test func `the pages' links resolve`() throws {
    let pages = CheckPage.all.map { ($0.rule, $0.text) }
    let list = try String(contentsOf: CheckPage.folder.appendingPathComponent("README.md"), encoding: .utf8)
    for (name, text) in pages + [("README", list)] {
      for link in text.components(separatedBy: "](").dropFirst().map({ String($0.prefix { $0 != ")" }) }) {
        let parts = link.split(separator: "#", maxSplits: 1).map(String.init)
        let target = CheckPage.folder.appendingPathComponent(parts[0]).standardized
        let linked = try? String(contentsOf: target, encoding: .utf8)
        #expect(linked != nil, "\(name): \(link)")
        guard parts.count > 1, let linked else { continue }
        let anchors = linked.split(separator: "\n").filter { $0.hasPrefix("#") }
          .map { Repository.anchor(String($0.drop { $0 == "#" }.dropFirst())) }
        #expect(anchors.contains(parts[1]), "\(name): \(link)")
      }
    }
  }
}
