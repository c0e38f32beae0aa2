import Testing
import Wire

@testable import PolicyTesting

/// Counts are exact, for each arm of each branch, each body and each function.
struct CoverageMapTests {
  private struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: String
    let steps: [Int]
    let branches: [String]
    /// Counts by line, from line 2 on.
    let lines: [String]

    init(_ name: String, _ body: String, steps: [Int] = [1], branches: [String], lines: [String]) {
      (testDescription, self.body, self.steps, self.branches, self.lines) = (name, body, steps, branches, lines)
    }
  }

  private static let examples = [
    Example(
      "if, elseif, else",
      "local n = contact.step\nif n == 1 then\nn = 10\nelseif n == 2 then\nn = 20\nelse\nn = 30\nend",
      steps: [1, 2, 2, 3],
      branches: ["3 condition 1/3", "5 condition 2/1"],
      lines: ["2: 4", "3: 4", "4: 1", "5: 3", "6: 2", "8: 1"]),
    Example(
      "while", "local n = contact.step\nwhile n > 2 do\nn = n - 1\nend", steps: [1, 5, 2],
      branches: ["3 loop 1/2"], lines: ["2: 3", "3: 3", "4: 3"]),
    Example(
      "repeat", "local n = contact.step\nrepeat\nn = n - 1\nuntil n < 2", steps: [1, 4],
      branches: ["5 condition 2/2"], lines: ["2: 2", "3: 2", "4: 4", "5: 4"]),
    Example(
      "numeric for", "local n = 0\nfor i = 1, contact.step - 1 do\nn = n + i\nend", steps: [1, 4, 1],
      branches: ["3 loop 1/2"], lines: ["2: 3", "3: 3", "4: 3"]),
    Example(
      "a for of constants always comes to its body", "local n = 0\nfor i = 1, 3 do\nn = n + i\nend",
      branches: ["3 loop 1/-"], lines: ["2: 1", "3: 1", "4: 3"]),
    Example(
      "generic for over nothing and over two",
      "local t = {}\nif contact.step > 1 then t = { 4, 5 } end\nlocal n = 0\nfor _, v in ipairs(t) do\nn = n + v\nend",
      steps: [1, 2], branches: ["3 condition 1/1", "5 loop 1/1"], lines: ["2: 2", "3: 2", "4: 2", "5: 2", "6: 2"]),
    Example(
      "and, or as values", "local n = contact.step\nlocal x = n == 1 and 'one' or n == 2 and 'two' or 'many'",
      steps: [1, 2, 3, 3],
      branches: ["3 and 1/3", "3 or 1/3", "3 and 1/2", "3 or 1/2"], lines: ["2: 4", "3: 4"]),
    Example(
      "a chain that ends early does not come to its later parts",
      "local n = contact.step\nlocal x = n > 1\nand n > 2\nand n > 3", steps: [1, 2, 3, 4],
      branches: ["4 and 3/1", "5 and 2/1"], lines: ["2: 4", "3: 4", "4: 3", "5: 2"]),
    Example(
      "a condition of several parts",
      "if contact.step > 1 and contact.step < 4 or contact.attempts > 0 then\nnote('in')\nend",
      steps: [1, 2, 9], branches: ["2 condition 1/2", "2 and 2/1", "2 or 1/2"], lines: ["2: 3", "3: 1"]),
    Example(
      "a loop that is left", "for i = 1, 9 do\nif i == contact.step then break end\nnote(tostring(i))\nend", steps: [3],
      branches: ["2 loop 1/-", "3 condition 1/2"], lines: ["2: 1", "3: 3", "4: 2"]),
    Example(
      "goto",
      "local i = 0\n::again::\ni = i + 1\nif i < contact.step then goto again end\ndo goto done end\nnote('no')\n::done::",
      steps: [3], branches: ["5 condition 2/1"], lines: ["2: 1", "4: 3", "5: 3", "6: 1", "7: 0"]),
    Example(
      "a loop of a function that calls itself",
      "local function down(n)\nfor i = 1, n do\ndown(n - 1)\nend\nend\ndown(contact.step)", steps: [2],
      // down(2) loops twice over down(1), each of which loops once over down(0), which does not.
      branches: ["3 loop 3/2"], lines: ["2: 1", "3: 5", "4: 4", "7: 1"]),
    Example(
      "a loop whose condition runs the same loop",
      "local function f(n)\nwhile n > 0 and f(n - 1) do\nreturn true\nend\nreturn n == 0\nend\nf(contact.step)",
      steps: [2],
      // f(2) calls f(1), which calls f(0): the last one does not loop, the others do.
      branches: ["3 loop 2/1", "3 and 2/1"], lines: ["2: 1", "3: 3", "4: 2", "6: 1", "8: 1"]),
    Example(
      "what ends with an error is counted up to there",
      "local ok = pcall(function()\nif contact.step > 0 then\nerror('x')\nend\nnote('no')\nend)",
      branches: ["3 condition 1/0"], lines: ["2: 1", "3: 1", "4: 1", "6: 0"]),
    Example(
      "several values pass through",
      "local function two() return 1, 2 end\nlocal a, b = two()\nfor i, v in (function() return ipairs({ a, b }) end)() do\nnote(i .. '=' .. v)\nend",
      branches: ["4 loop 1/0"], lines: ["2: 1", "3: 1", "4: 1", "5: 2"]),
    Example(
      "a statement that begins with a parenthesis",
      "local n = contact.step;\n(note)('first')\nlocal f = n > 1 and note or note;\n(f)('x')",
      branches: ["4 and 0/1", "4 or 0/1"], lines: ["2: 1", "3: 1", "4: 1", "5: 1"]),
    Example(
      "a length and a power", "local t = { 1, 2 }\nif #t > 1 and 2 ^ 2 == 4 then\nnote('both')\nend",
      branches: ["3 condition 1/0", "3 and 1/0"], lines: ["2: 1", "3: 1", "4: 1"]),
  ]

  @Test(arguments: examples) private func `each arm of each branch is counted`(example: Example) throws {
    let requests = example.steps.map { ["contact": ["id": "c1", "step": .integer(Int64($0))]] as JSONValue }
    let report = try CoverageScene.report(CoverageScene.policy(example.body), requests)
    #expect(report.leftOut.isEmpty)
    #expect(CoverageScene.branches(report) == example.branches)
    let last = example.body.split(separator: "\n", omittingEmptySubsequences: false).count + 1
    #expect(report.lines.filter { $0.line > 1 && $0.line <= last }.map { "\($0.line): \($0.count)" } == example.lines)
  }

  @Test func `functions have their declared names, and are counted separately`() throws {
    let report = try CoverageScene.report(
      """
      local function first() return 1 end
      local second = function() return 2 end
      local t = {}
      function t.third() return 3 end
      t['fo,urth'] = function() return (function() return 4 end)() end
      return { select = function() first() first() t['fo,urth']() return wait('x', 60) end, enroll = function() end }
      """)
    #expect(
      report.functions.map { "\($0.name) \($0.line) \($0.count)" } == [
        "first 1 2", "second 2 0", "t.third 4 0", "fo,urth 5 1", "function at line 5 5 1", "select 6 1", "enroll 6 0",
      ])
    #expect(report.functionShare == .init(reached: 4, total: 7))
  }

  @Test(arguments: [
    ("return { select = function() local __weigh = 1 return nil end }", "'__weigh'"),
    ("return { select = ", "line 1: "),
    ("return { select = function(c)\n" + String(repeating: "note('x')\n", count: 3000) + "end }", "65536"),
  ])
  func `coverage of a policy that cannot be measured is refused with the reason`(source: String, expected: String) {
    let refusal = #expect(throws: CoverageMap.Refusal.self) { try CoverageMap(Array(source.utf8)) }
    #expect(refusal?.message.contains(expected) == true, "\(refusal?.message ?? "")")
  }

  @Test func `a case that ends at a limit counts what it reached, and nothing more`() throws {
    let report = try CoverageScene.report(
      CoverageScene.policy("local n = 0\nwhile true do\nn = n + 1\nif n > 500000 then\nnote('there')\nend\nend"))
    #expect(report.leftOut.isEmpty)
    #expect(CoverageScene.branches(report).first == "3 loop 1/-")
    #expect(report.lines.first { $0.line == 6 }?.count == 0)
    #expect(report.lines.first { $0.line == 4 }.map { $0.count > 1000 } == true)
  }

  @Test func `a case with too many open loops is not counted, and the reason is given`() throws {
    let report = try CoverageScene.report(
      CoverageScene.policy("local function f(n) while f2(n) do end end").replacing(
        "f2(n)", with: "n < 300 and f(n + 1)"
      ).replacing("end end\nreturn", with: "end end f(1)\nreturn"))
    #expect(report.leftOut.count == 1 && report.leftOut[0].contains("256"), "\(report.leftOut)")
  }
}
