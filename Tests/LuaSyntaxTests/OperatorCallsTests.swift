import Testing

@testable import LuaSyntax

/// `#` and `^` as calls: they are rewritten, and nothing else is.
struct OperatorCallsTests {
  @Test(arguments: [
    ("return #t", "return  L(t)"),
    ("return#t", "return L(t)"),
    ("return not#t or 3", "return not L(t) or 3"),
    ("return a^b", "return  P(a,b)"),
    ("return a^b^c", "return  P(a, P(b,c))"),
    ("return -a^b*c", "return - P(a,b)*c"),
    ("return #t^2", "return  L( P(t,2))"),
    ("return #t.a[#u]:m(#v){} + 1", "return  L(t.a[ L(u)]:m( L(v)){}) + 1"),
    ("return # -- why\n  t", "return  L( -- why\n  t)"),
    ("local s = '#^' -- #t ^ 2\nreturn [[#]]", "local s = '#^' -- #t ^ 2\nreturn [[#]]"),
    ("t[#t + 1] = function(...) return #... ^ 2 end", "t[ L(t) + 1] = function(...) return  L( P(... , 2)) end"),
    ("for i = #a, 2^3, #b do while #c do end end", "for i =  L(a),  P(2,3),  L(b) do while  L(c) do end end"),
    (
      "repeat local n = {#a, k = #b, [#c] = 1} until #d", "repeat local n = { L(a), k =  L(b), [ L(c)] = 1} until  L(d)"
    ),
    ("if #a then elseif b^2 then else f(#c) end", "if  L(a) then elseif  P(b,2) then else f( L(c)) end"),
    ("for k in f(#t) do function g() return (#k) end end", "for k in f( L(t)) do function g() return ( L(k)) end end"),
    ("return a ~ b ~= #c .. ''", "return a ~ b ~=  L(c) .. ''"),
  ])
  func `operators become calls, and line numbers do not change`(source: String, expected: String) throws {
    let rewritten = try OperatorCalls(Array(source.utf8), length: "L", power: "P").source
    #expect(String(decoding: rewritten, as: UTF8.self) == expected)
    #expect(throws: Never.self) { try LuaParser.parse(rewritten) }
  }

  @Test func `every accepted snippet is still accepted after rewriting`() throws {
    for snippet in AcceptedSnippets.all {
      let source = Array(snippet.utf8)
      let rewritten = try OperatorCalls(source, length: "__length", power: "__power").source
      #expect(throws: Never.self, "\(snippet)") { try LuaParser.parse(rewritten) }
      #expect(rewritten.count { $0 == 10 } == source.count { $0 == 10 }, "\(snippet)")
    }
  }

  @Test func `a source that contains the function's name is rejected with the position`() {
    let error = #expect(throws: LuaSyntaxError.self) {
      try OperatorCalls(Array("local x\nlocal __length = 1".utf8), length: "__length", power: "__power")
    }
    #expect(error?.position.line == 2 && error?.position.column == 7)
    #expect(error?.message == "the name '__length' is not available in policies")
  }
}
