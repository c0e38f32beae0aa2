import Foundation
import Policies
import PolicyTestKit
import Testing
import Wire

@testable import PolicyTesting

struct CoverageReportTests {
  /// Reasons by line.
  private func reasons(_ source: String, _ requests: [JSONValue]) throws -> [String] {
    try CoverageScene.report(source, requests).lines.filter { $0.count == 0 }.map { "\($0.line): \($0.reason ?? "?")" }
  }

  @Test func `a line that was not reached has the condition that was never met`() throws {
    let source = """
      local function helper()
        return 1
      end
      return {
        select = function(contact, fleet)
          if contact.step > 5 then
            note('late')
          end
          for _, tag in ipairs(contact.tags) do
            note(tag)
          end
          local own = contact.device
            and use(contact.device,
              'owner')
          if contact.attempts == 0 then
            return wait('first', 60)
          end
          return wait('later', 60)
        end,
        enroll = function(lead, fleet)
          return skip('no')
        end,
      }
      """
    #expect(
      try reasons(source, CoverageScene.steps(1, 2)) == [
        "2: 'helper' at line 1 is never called",
        "7: the condition at line 6 was never true in 2 evaluations",
        "10: the loop at line 9 started 2 times and never entered its body",
        "13: the left side of 'and' at line 13 was never true in 2 evaluations",
        "18: the condition at line 15 was never false in 2 evaluations",
        "21: no case calls the hook 'enroll'",
      ])
  }

  @Test func `the reason is the first obstacle, such as a statement that always ends`() throws {
    let source = CoverageScene.policy(
      "if contact.step > 1 then\nif contact.attempts > 1 then\nnote('x')\nend\nend\nerror('here')\nnote('after')")
    #expect(
      try reasons(source, CoverageScene.steps(1)) == [
        "3: the condition at line 2 was never true in 1 evaluation",
        "4: the condition at line 2 was never true in 1 evaluation",
        "8: the statement at line 7 never completed", "9: the statement at line 7 never completed",
      ])
  }

  @Test func `a branch that always took one arm has a reason, and an impossible arm is not required`() throws {
    let report = try CoverageScene.report(
      CoverageScene.policy("local x = contact.name or 'nobody'\nwhile true do break end\nlocal y = x or 'z'"))
    #expect(
      report.branches.map(\.reason) == [
        "the left side of 'or' was never true in 1 evaluation", nil,
        "the left side of 'or' was never false in 1 evaluation",
      ])
    #expect(report.branchShare == .init(reached: 3, total: 5))
    #expect(CoverageReport.Share(reached: 0, total: 0).percent == 100)
  }

  @Test func `a tracefile has the report's counts of each line, branch and function`() throws {
    let source =
      "return { select = function(c)\nif c.step > 1 then\nreturn skip('x')\nend\nreturn wait('y', 60)\nend,\n['a,\\nb'] = nil }"
    let report = try CoverageScene.report(source, CoverageScene.steps(1, 1))
    var file = CoverageTracefile()
    file.add(report, path: "Rules/p.lua")
    #expect(
      file.text == """
        TN:
        SF:Rules/p.lua
        FN:1,select
        FNDA:2,select
        FNF:1
        FNH:1
        BRDA:2,0,0,0
        BRDA:2,0,1,2
        BRF:2
        BRH:1
        DA:1,2
        DA:2,2
        DA:3,0
        DA:5,2
        LF:4
        LH:3
        end_of_record

        """)
  }

  @Test(arguments: ["Rules", "Examples/policies"])
  func `coverage changes no decision, and the tracefile's totals are right`(folder: String) throws {
    let path = Repository.path(folder)
    let files = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix("_test.lua") }.sorted()
    #expect(files.count >= 5)
    for file in files {
      let cases = try PolicyCases(
        file: file, source: Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)"))))
      let entry = try PolicyCatalog(rules: path).entry(named: cases.policy)
      let map = try CoverageMap(entry.source)
      var tally = CoverageTally(map)
      for (place, request) in cases.requests.enumerated() {
        let plain = try cases.run(place, policy: entry.name, source: entry.source)
        let watched = try cases.run(place, policy: entry.name, source: entry.source, map: map)
        #expect(plain.holds && watched.holds && plain.reason == watched.reason)
        let policy = try CompiledPolicy(file: entry.name, source: entry.source, parameters: request.parameters)
        let before = DecideAnswer(request, policies: [policy]).json
        tally.add(
          map.visit(
            request, file: entry.name, parameters: request.parameters, answer: DecideAnswer(request, policies: [policy])
          ), of: plain.name)
        #expect(DecideAnswer(request, policies: [policy]).json == before)
      }
      let report = CoverageReport(tally)
      #expect(report.leftOut.isEmpty, "\(report.leftOut)")
      var tracefile = CoverageTracefile()
      tracefile.add(report, path: file)
      try Tracefile(tracefile.text).expectSound()
    }
  }
}

/// A strict parser of lcov tracefiles.
private struct Tracefile {
  private var lines: [Int: Int] = [:]
  private var branches: [(line: Int, taken: Int?)] = []
  private var functions: [String: (line: Int, count: Int?)] = [:]
  private var totals: [String: Int] = [:]

  init(_ text: String) throws {
    let records = text.split(separator: "\n", omittingEmptySubsequences: false)
    try #require(records.last == "" && records.dropLast().last == "end_of_record")
    try #require(records[0] == "TN:" && records[1].hasPrefix("SF:"))
    for record in records.dropFirst(2).dropLast(2) {
      let (key, values) = try split(record)
      switch key {
      case "FN":
        try #require(values.count == 2 && functions[values[1]] == nil)
        functions[values[1]] = (try Self.whole(values[0]), nil)
      case "FNDA": functions[values[1]]?.count = try Self.whole(values[0])
      case "BRDA":
        try #require(values.count == 4)
        branches.append((try Self.whole(values[0]), values[3] == "-" ? nil : try Self.whole(values[3])))
      case "DA":
        let line = try Self.whole(values[0])
        try #require(lines[line] == nil)
        lines[line] = try Self.whole(values[1])
      case "FNF", "FNH", "BRF", "BRH", "LF", "LH": totals[key] = try Self.whole(values[0])
      default: Issue.record("a tracefile has no '\(key)'")
      }
    }
  }

  private static func whole(_ text: String) throws -> Int {
    let number: Int? = Int(text)
    return try #require(number)
  }

  private func split(_ record: Substring) throws -> (String, [String]) {
    let colon = try #require(record.firstIndex(of: ":"))
    return (String(record[..<colon]), record[record.index(after: colon)...].split(separator: ",").map(String.init))
  }

  func expectSound() {
    #expect(totals["LF"] == lines.count && totals["LH"] == lines.values.count { $0 > 0 })
    #expect(totals["BRF"] == branches.count && totals["BRH"] == branches.count { ($0.taken ?? 0) > 0 })
    #expect(totals["FNF"] == functions.count && totals["FNH"] == functions.values.count { ($0.count ?? 0) > 0 })
    #expect(functions.values.allSatisfy { $0.count != nil })
    #expect(branches.allSatisfy { ($0.taken ?? 0) <= (lines[$0.line] ?? .max) || $0.taken != nil })
  }
}
