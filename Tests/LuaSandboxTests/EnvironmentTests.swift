import Testing

@testable import LuaSandbox

/// Scripts can reach only an allow-list: this is the whole list.
struct EnvironmentTests {
  static let golden = GoldenEnvironment.lines(verdicts: ["pass", "pick", "queue"]).joined(separator: "\n")

  @Test func `the environment equals the golden list`() throws {
    let sandbox = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
    #expect(sandbox.environment.joined(separator: "\n") == EnvironmentTests.golden)
  }

  @Test func `the names that linters know are the names in the environment`() {
    let named = Set(
      ScriptVocabulary.globalNames
        + ScriptVocabulary.libraryMembers.flatMap { library, members in
          members.map { "\(library).\($0)" }
        })
    let there = EnvironmentTests.golden.split(separator: "\n").map { String($0.split(separator: " ")[0]) }
      .filter { !$0.hasPrefix("''") && !$0.hasPrefix("__") && !["pass", "pick", "queue"].contains($0) }
    #expect(named.subtracting(["string", "table", "math"]) == Set(there))
  }

  @Test(arguments: [
    (
      "pairs visits numbers, then text by bytes, then booleans",
      "local t = { b = 1, a = 1, [2] = 1, [1.5] = 1, [true] = 1, ['10'] = 1, ['9'] = 1 } local s = '' for k in pairs(t) do s = s .. tostring(k) .. ' ' end return s",
      "1.5 2 10 9 a b true "
    ),
    (
      "pairs goes on when a field is cleared",
      "local t = { a = 1, b = 2, c = 3 } local s = '' for k in pairs(t) do t.b = nil s = s .. k end return s", "ac"
    ),
    (
      "sort is stable",
      "local t = {} for i = 1, 9 do t[i] = { k = i % 3, i = i } end table.sort(t, function(a, b) return a.k < b.k end) local s = '' for _, e in ipairs(t) do s = s .. e.i end return s",
      "369147258"
    ),
    (
      "tostring prints no addresses", "return tostring({}) .. tostring(print_nothing == nil) .. tostring(tostring)", nil
    ),
    ("text can be asked as a method", "return ('ab'):upper():rep(2, '-')", "AB-AB"),
    ("split keeps empty pieces", "return table.concat(split(',a,,b,', ','), '|')", "|a||b|"),
    (
      "glob", "return tostring(glob('+6012', '+60*')) .. tostring(glob('abc', '?b')) .. tostring(glob('', '*'))",
      "truefalsetrue"
    ),
    ("pcall gives the error back", "local ok, e = pcall(error, 'x', 0) return tostring(ok) .. e", "falsex"),
    (
      "format writes numbers and text", "return string.format('%05.1f|%d|%s|%q', 3.14159, 42, nil, 'a')",
      "003.1|42|nil|\"a\""
    ),
  ])
  func `the library functions return the documented results`(what: String, body: String, expected: String?) throws {
    let answer = try Toy.answer(to: body)
    guard let expected else {
      guard case .fault = answer else {
        Issue.record("expected a fault, found \(answer)")
        return
      }
      return
    }
    #expect(answer == .verdict(0, member: nil, seconds: nil, reason: expected), "\(what)")
  }

  @Test func `random numbers depend only on the seed`() throws {
    let body = "local s = '' for i = 1, 5 do s = s .. random(100) .. ' ' end return s .. random()"
    let first = try Toy.answer(to: body, seed: 7)
    #expect(try Toy.answer(to: body, seed: 7) == first)
    #expect(try Toy.answer(to: body, seed: 8) != first)
  }

  @Test func `a thousand interpreters release their memory`() throws {
    for _ in 0..<1000 {
      let sandbox = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
      try sandbox.load(Array("return { run = function() return pass('x') end }".utf8))
      #expect(sandbox.memory < 64 * 1024)
    }
  }

  @Test func `every failed allocation is a named fault`() throws {
    // Lowers the cap byte by byte: each size refuses another allocation of load or call.
    let source = Array(
      """
      local words = { 'a', 'b' }
      return { params = { n = 3 }, run = function(row, set)
        local t = {}
        for i = 1, 50 do t[i] = tostring(i) .. row.name end
        table.sort(t)
        for _, m in ipairs(set:candidates(3)) do t[#t + 1] = m.id end
        return pass(table.concat(t, ','))
      end }
      """.utf8)
    var outcomes: Set<String> = []
    let base = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy").memory
    for extra in stride(from: 2048 - base, to: 24_000, by: 211) {
      let sandbox = try Sandbox(
        vocabulary: Toy.vocabulary, limits: SandboxLimits(memory: base + extra), scriptName: "toy")
      do throws(ScriptFault) {
        try sandbox.load(source)
        switch Toy.call(sandbox, rows: 5) {
        case .verdict: outcomes.insert("verdict")
        case .none: Issue.record("no answer at \(extra)")
        case .fault(let fault):
          #expect(fault.kind == .memory, "\(fault) at \(extra)")
          outcomes.insert("fault")
        }
      } catch {
        #expect(error.kind == .memory, "\(error) at \(extra)")
        outcomes.insert("refused")
      }
    }
    #expect(outcomes == ["verdict", "fault", "refused"])
  }
}
