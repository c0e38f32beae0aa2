import Foundation
import LuaSandbox
import PolicyLint
import PolicyTestKit
import PolicyTesting
import Routing
import Testing
import Wire

@testable import Policies

/// `Docs/Policies` describes exactly what policies have, and its examples are correct.
struct PolicyPageTests {
  private static let textHelpers = ["starts_with", "ends_with", "contains", "glob", "split"]

  /// The names that each page must describe.
  private static let vocabulary: [String: [String]] = {
    var names = [
      "hooks.md": PolicyVocabulary.Hook.allCases.map(\.name),
      "verdicts.md": PolicyVocabulary.script.verdicts.map(\.name),
      "contact.md": PolicyVocabulary.contact.fields.map(\.name),
      "lead.md": PolicyVocabulary.lead.fields.map(\.name),
      "device.md": PolicyVocabulary.device.fields.map(\.name),
      "fleet.md": ["#fleet", "fleet[i]"] + PolicyVocabulary.script.queries.map(\.name),
      "filters.md": filterKeys,
      "text.md": textHelpers,
    ]
    for (library, members) in ScriptVocabulary.libraryMembers { names["\(library).md"] = members }
    let libraries = ScriptVocabulary.libraryMembers.map(\.library)
    names["globals.md"] = ScriptVocabulary.globalNames.filter { !(textHelpers + libraries).contains($0) }
    return names
  }()

  /// The keys of a filter, from a message of the sandbox.
  private static let filterKeys: [String] = {
    let source = "return { select = function(c, fleet) return fleet:least_loaded({ [''] = 1 }) end }"
    guard let policy = try? CompiledPolicy(file: "p", source: Array(source.utf8)) else { return [] }
    let fleet = Fleet(tenant: TenantID("t")!, now: Instant(milliseconds: 0), members: [])
    let fault = Evaluator(policies: [policy], fleet: fleet).decide(Contact(id: ContactID("c")!), seed: 0).fault
    let words = fault?.message.components(separatedBy: "expected ").last?.components(separatedBy: ";").first ?? ""
    return words.replacing(" or ", with: ", ").components(separatedBy: ", ")
  }()

  @Test func `each name of the vocabulary has a section, and each section describes a name`() {
    let described = Dictionary(grouping: PolicyPages.sections, by: \.page).mapValues { $0.map(\.name) }
    #expect(Set(described.keys) == Set(Self.vocabulary.keys))
    for (page, names) in Self.vocabulary.sorted(by: { $0.key < $1.key }) {
      let found = described[page] ?? []
      #expect(Set(names).subtracting(found).sorted() == [], "\(page) lacks these")
      #expect(Set(found).subtracting(names).sorted() == [], "\(page) describes these, which no policy has")
      #expect(found.count == Set(found).count, "\(page) describes a name twice")
    }
  }

  @Test(arguments: PolicyPages.sections)
  func `a section gives result, nil, errors, cost and version`(
    section: PolicyPages.Section
  ) throws {
    #expect(Set(section.facts.keys) == ["gives", "nil", "errors", "charge", "since"])
    #expect(section.facts.values.allSatisfy { !$0.isEmpty })
    #expect(section.facts["charge"]?.contains("](charges.md") == true)
    #expect(!section.examples.isEmpty, "a section has an example")
    let since = try #require(section.facts["since"])
    let changelog = try String(contentsOf: Repository.root.appendingPathComponent("CHANGELOG.md"), encoding: .utf8)
    let versions = changelog.split(separator: "\n").filter { $0.hasPrefix("## [") }
    #expect(versions.contains { $0.hasSuffix(" \(since)") || $0.contains("[\(since)]") }, "no version \(since)")
    // The signature is the first line below the heading.
    let first = section.prose.first { !$0.isEmpty } ?? ""
    let name = section.name.hasPrefix("fleet[") || section.name.hasPrefix("#") ? "fleet" : section.name
    #expect(first.hasPrefix("`") && first.contains(name), "\(section.testDescription) begins with its signature")
  }

  @Test(arguments: PolicyPages.examples.filter { !$0.source.contains("cases = {") })
  func `an example does what the page says`(example: PolicyPages.Example) throws {
    let run = try PolicyPageRun(example)
    #expect(run.notes == run.expectedNotes)
    if let outcome = run.expectedOutcome {
      #expect(run.outcomes.contains(outcome), "expected \(outcome), found \(run.outcomes)")
    } else {
      #expect(!run.expectedNotes.isEmpty, "an example states what comes of it")
      #expect(run.outcomes == ["no opinion"])
    }
    // The check may report an error before the example runs.
    if run.expectedOutcome?.hasPrefix("fault ") != true || !run.expectedFindings.isEmpty {
      #expect(run.findings == run.expectedFindings)
    }
  }

  @Test func `a section's example uses the name`() {
    for section in PolicyPages.sections {
      let name = section.name == "#fleet" ? "#fleet" : section.name == "fleet[i]" ? "fleet[" : section.name
      #expect(section.examples.contains { $0.source.contains(name) }, "\(section.testDescription)")
    }
  }

  @Test func `the documented cases pass`() throws {
    let examples = PolicyPages.examples.filter { $0.source.contains("cases = {") }
    #expect(examples.count == 1)
    for example in examples {
      let cases = try PolicyCases(file: "page", source: Array(example.source.utf8))
      let source = try #require(ShippedPolicies.source(of: cases.policy))
      for result in try cases.run(policy: cases.policy, source: source) {
        #expect(result.holds, "\(result.name): \(result.differences)")
      }
    }
  }

  @Test func `the documented console output is the program's output`() throws {
    let readme = try #require(PolicyPages.page("README.md"))
    let lines = readme.blocks.filter { $0.language == "console" }.flatMap { $0.text.split(separator: "\n") }
    var seen: [String] = []
    for (command, answer) in zip(lines, lines.dropFirst()) where command.hasPrefix("$ ") {
      let words = command.split(separator: " ").map(String.init)
      if let json = command.split(separator: "'").dropFirst().first, command.contains("usher decide") {
        let policy = try PolicyCatalog(rules: nil).entry(fileOrName: Repository.path(words[words.count - 3]))
        let request = try DecideRequest(json: try JSONParser.parse(Array(json.utf8)))
        let decided = DecideAnswer(request, policies: [.orBroken(policy, parameters: [])])
        let start = answer.hasSuffix("…") ? answer.dropLast() : answer
        #expect(JSONWriter().string(decided.json).hasPrefix(start))
        seen.append("decide")
      } else if command.hasPrefix("$ usher test ") {
        let source = try Array(Data(contentsOf: URL(fileURLWithPath: Repository.path(words[3]))))
        let cases = try PolicyCases(file: "cases", source: source)
        #expect(answer == "\(cases.count) passed, 0 failed")
        seen.append("test")
      } else if command.hasPrefix("$ usher check Rules/") {
        let source = try Array(Data(contentsOf: URL(fileURLWithPath: Repository.path(words[3]))))
        #expect(PolicyCheck(file: "p", source: source).findings.isEmpty && answer == "\(words[3]): fine")
        seen.append("check")
      }
    }
    #expect(seen == ["check", "test", "decide"])
  }

  @Test func `the documented request is the one used for the examples`() throws {
    let file = try String(contentsOf: PolicyPages.folder.appendingPathComponent("example.json"), encoding: .utf8)
    let shown = try #require(PolicyPages.page("README.md")).blocks.filter { $0.language == "json" }.map(\.text)
    #expect(shown == [file.trimmingCharacters(in: .newlines)])
  }

  @Test func `names documented as missing are missing, and all other names exist`() throws {
    let readme = try #require(PolicyPages.page("README.md"))
    var heading = ""
    var missing: Set<String> = []
    for (_, line) in readme.prose {
      if line.hasPrefix("#") { heading = line }
      if heading.hasPrefix("### What is not there"), line.hasPrefix("| ") {
        missing.formUnion(line.split(separator: "|")[0].split(separator: "`").map(String.init).filter(Self.isName))
      }
    }
    #expect(missing.count > 20, "\(missing)")
    for name in missing.sorted() {
      let source = "return { select = function() local _ = \(name) end }"
      #expect(PolicyCheck(file: "p", source: Array(source.utf8)).hasErrors, "\(name) is there")
    }
    for page in PolicyPages.all {
      for (line, text) in page.prose {
        for code in text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
          .filter({ $0.offset % 2 == 1 }).map({ String($0.element) })
        {
          for (base, member) in Self.members(code) where !missing.contains("\(base).\(member)") {
            #expect(Self.known[base]?.contains(member) == true, "\(page.file):\(line): `\(code)`")
          }
        }
      }
    }
  }

  @Test func `links resolve, and the index lists everything`() throws {
    var linked: Set<String> = []
    for page in PolicyPages.all {
      for (line, text) in page.prose {
        for link in text.components(separatedBy: "](").dropFirst().map({ String($0.prefix { $0 != ")" }) })
        where !link.hasPrefix("http") {
          let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
          let file = parts[0].isEmpty ? page.file : parts[0]
          if page.file == "README.md" { linked.insert(link) }
          // Has a test of its own.
          if file == "charges.md" { continue }
          let path = PolicyPages.folder.appendingPathComponent(file).standardized.path
          #expect(FileManager.default.fileExists(atPath: path), "\(page.file):\(line): \(link)")
          if parts.count > 1, let target = PolicyPages.page(file) {
            #expect(target.anchors.contains(parts[1]), "\(page.file):\(line): \(link)")
          }
        }
      }
    }
    for section in PolicyPages.sections {
      #expect(linked.contains("\(section.page)#\(Repository.anchor(section.name))"), "\(section.testDescription)")
    }
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.".contains($0)) }
  }

  private static let known: [String: Set<String>] = {
    var known: [String: Set<String>] = [
      "contact": Set(vocabulary["contact.md"]!), "lead": Set(vocabulary["lead.md"]!),
      "device": Set(vocabulary["device.md"]!), "fleet": Set(vocabulary["fleet.md"]!),
    ]
    for (library, members) in ScriptVocabulary.libraryMembers { known[library] = Set(members) }
    return known
  }()

  /// `base.member` and `base:member` in a piece of code, for the bases that have a page.
  private static func members(_ code: String) -> [(base: String, member: String)] {
    code.matches(of: /\b([a-z]+)[.:]([a-z_]+)/).compactMap { match in
      let base = String(match.1)
      guard known[base] != nil, match.2 != "md", match.2 != "lua" else { return nil }
      return (base, String(match.2))
    }
  }
}
