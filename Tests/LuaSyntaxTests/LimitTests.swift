import LuaSyntax
import Testing

@Suite struct LimitTests {
  @Test(arguments: [("(", ")", 197), ("{", "}", 198), ("-", "", 197), ("f(", ")", 197)])
  func `nested expressions have a limit`(opening: String, closing: String, most: Int) {
    func source(_ depth: Int) -> String {
      let inner = opening == "{" ? "" : "1"
      return "x = " + String(repeating: opening == "-" ? "- " : opening, count: depth) + inner
        + String(repeating: closing, count: depth)
    }
    #expect(refusal(source(most)) == nil)
    #expect(refusal(source(most + 1))?.message == "chunk has too many syntax levels")
  }

  @Test(arguments: [
    ("do ", "end "), ("function f() ", "end "), ("while x do ", "end "), ("repeat ", "until x "),
  ])
  func `nested statements have a limit`(opening: String, closing: String) {
    func source(_ depth: Int) -> String {
      String(repeating: opening, count: depth) + String(repeating: closing, count: depth)
    }
    let most = opening.hasPrefix("do") || opening.hasPrefix("function") ? 199 : 198
    #expect(refusal(source(most)) == nil)
    #expect(refusal(source(200))?.message == "chunk has too many syntax levels")
  }

  @Test(arguments: ["(", "{", "f(", "function() return ", "not ", "a .. ", "a[", "{a="])
  func `a hundred thousand opening brackets are rejected quickly`(opening: String) {
    let source = "x = " + String(repeating: opening, count: 100_000)
    #expect(refusal(source)?.message == "chunk has too many syntax levels")
  }

  @Test(arguments: [
    "x = 1" + String(repeating: " + 1", count: 50_000),
    "x = a" + String(repeating: ".b", count: 50_000),
    "f" + String(repeating: "()", count: 50_000),
    "if a then " + String(repeating: "elseif a then ", count: 20_000) + "end",
  ])
  func `a long flat chain does not count as nesting`(source: String) throws {
    let chunk = try LuaParser.parse(source)
    #expect(ScopeAnalysis(chunk).globals.count >= 1)
  }

  @Test func `a function may have two hundred locals`() {
    let locals = { (count: Int) in (0..<count).map { "local v\($0)\n" }.joined() }
    #expect(refusal(locals(200)) == nil)
    let error = refusal(locals(201))
    #expect(error?.message == "too many local variables (limit is 200) in the main function")
    #expect(error?.position.line == 202)
    #expect(refusal(locals(199) + "do local a end local b") == nil)
    #expect(refusal(locals(196) + "for i = 1, 2\ndo end") == nil)
    #expect(refusal(locals(197) + "for i = 1, 2\ndo end")?.position.line == 198)
    #expect(refusal(locals(195) + "for i in f\ndo end") == nil)
    #expect(refusal(locals(196) + "for i\nin f\ndo end")?.position.line == 198)
  }

  @Test func `a function may have two hundred and fifty-five upvalues`() {
    func source(_ count: Int, attribute: String = "", value: String = "f()") -> String {
      let outer = (0..<190).map { "local a\($0)\(attribute) = \(value)\n" }.joined()
      let inner = (0..<190).map { "local b\($0)\(attribute) = \(value)\n" }.joined()
      let names = ((0..<190).map { "a\($0)" } + (0..<190).map { "b\($0)" }).prefix(count)
      return outer + "function f()\n" + inner + "return function()\nreturn " + names.joined(separator: "\n+")
        + "\nend end"
    }
    #expect(refusal(source(255)) == nil)
    let error = refusal(source(256))
    #expect(error?.message == "too many upvalues (limit is 255) in the function at line 382")
    // Lua resolves a name after it has read the next token, which is on the next line here.
    #expect(error?.position.line == 383 + 256)
    for value in ["1", "'s'", "-1", "1 + 2", "(3)", "nil", "not nil"] {
      #expect(refusal(source(380, attribute: " <const>", value: value)) == nil, "\(value)")
    }
    #expect(refusal(source(380, attribute: " <const>", value: "f()")) != nil)
  }

  private func refusal(_ source: String) -> LuaSyntaxError? {
    do throws(LuaSyntaxError) {
      _ = try LuaParser.parse(source)
      return nil
    } catch {
      return error
    }
  }
}
