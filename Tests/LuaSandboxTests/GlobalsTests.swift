import Testing

@testable import LuaSandbox

/// Scripts whose code cannot write a global read globals directly; all others go through the protection.
struct GlobalsTests {
  /// Source that gives a function so many constants that later names are read by other instructions.
  private static let manyConstants = "local t = {" + (0..<300).map { "\($0).5" }.joined(separator: ", ") + "}"

  @Test(arguments: [
    "pick = nil", "function pick() end", "pass, other = 1, 2", "for i = 1, 1 do math = nil end",
    "local function inner() string = 1 end inner()",
    "do \(manyConstants) string = nil end",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnop = 1",
    "local f = function() return function() note = 1 end end f()()",
  ])
  func `no form of code can write a global`(statement: String) throws {
    let source = """
      return { run = function(row, set)
        if row.name == 'subject' then local ok = pcall(function() \(statement) end) if ok then return pass('written') end end
        return pass(type(pick) .. type(pass) .. type(string) .. type(math) .. type(note))
      end }
      """
    let sandbox = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
    try sandbox.load(Array(source.utf8))
    for _ in 0..<2 {
      #expect(
        Toy.call(sandbox, rows: 2)
          == .verdict(0, member: nil, seconds: nil, reason: "functionfunctiontabletablefunction"))
    }
  }

  @Test func `parameters are globals of hooks, whether the script can write globals or not`() throws {
    for tail in ["", " function unused() leak = 1 end"] {
      let source = "return { run = function(row, set) local f = function()\(tail) end return pass('' .. params.n) end }"
      let sandbox = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
      try sandbox.load(Array(source.utf8))
      for n in [1, 2] as [Int64] {
        try sandbox.setParameters([("n", .integer(n))])
        #expect(Toy.call(sandbox, rows: 1) == .verdict(0, member: nil, seconds: nil, reason: "\(n)"))
      }
    }
  }
}
