import Testing

@testable import LuaSyntax

@Suite struct LuaParserTests {
  @Test func `a missing end names the line it closes`() throws {
    let error = try refusal("x = 1\ny = 2\nfunction f()\n  return 1\nelse\n")
    #expect(error.message == "expected 'end' (to close 'function' at line 3), found 'else'")
    #expect(error.position == SourcePosition(offset: 36, line: 5, column: 1))
    #expect(error.related == SourcePosition(offset: 12, line: 3, column: 1))
  }

  @Test func `every source that Lua accepts is accepted`() {
    for source in AcceptedSnippets.all {
      #expect(throws: Never.self, "\(source)") { try LuaParser.parse(source) }
    }
  }

  @Test func `every source that Lua rejects is rejected at the same line`() {
    for (source, line) in RefusedSnippets.all {
      let error = #expect(throws: LuaSyntaxError.self, "\(source)") { try LuaParser.parse(source) }
      #expect(error?.position.line == line, "\(source)")
    }
  }

  @Test func `a string may hold bytes that are not UTF-8`() throws {
    let chunk = try LuaParser.parse(Array("return '".utf8) + [0xFF, 0x00] + Array("'".utf8))
    #expect(try returned(chunk) == .string([0xFF, 0x00]))
  }

  @Test func `a column counts scalars and an offset counts bytes`() throws {
    let error = try refusal("x = 1\nx = 'é€😀' é")
    #expect(error.position == SourcePosition(offset: 22, line: 2, column: 11))
    #expect(error.message == "expected a statement, found 'é'")
    #expect(error.hint == "Lua accepts only ASCII outside strings and comments")
  }

  @Test(arguments: [
    ("#!/usr/bin/lua\nx = 1", "a chunk cannot start with a '#!' line"),
    ("# x", "expected a statement, found '#'"),
    ("\u{FEFF}x = 1", "a chunk cannot start with a byte order mark"),
    ("\u{1B}Lua", "a precompiled chunk is not Lua text"),
  ])
  func `a beginning that only the file loader accepts is rejected`(source: String, message: String) throws {
    let error = try refusal(source)
    #expect(error.message == message)
    #expect(error.position == .start)
  }

  @Test(arguments: [
    ("break", "'break' outside a loop at line 1"),
    ("goto a", "no visible label 'a' for 'goto' at line 1"),
    ("goto a; local x; ::a:: f()", "'goto a' at line 1 jumps into the scope of local 'x'"),
    ("::a:: f()\n::a::", "label 'a' already defined on line 1"),
    ("local x <const> = 1; x = 2", "attempt to assign to const variable 'x'"),
    ("local x <close>, y <close> = 1", "multiple to-be-closed variables in local list"),
    ("local x <final> = 1", "unknown attribute 'final'"),
    ("function f() return ... end", "cannot use '...' outside a vararg function"),
    ("f() = 1", "cannot assign to this expression"),
    ("x = 1 +", "expected an expression, found end of file"),
    ("x = 'a", "unfinished string"),
    ("x = [[a", "unfinished long string (starting at line 1)"),
    ("x = 3x", "malformed number '3x'"),
    ("x = '\\q'", "invalid escape sequence"),
    ("if x = 1 then end", "expected 'then', found '='"),
  ])
  func `an error message states what is wrong`(source: String, message: String) throws {
    #expect(try refusal(source).message == message)
  }

  @Test(arguments: [
    ("x = a != b", "Lua writes 'not' for '!' and '~=' for '!='"),
    ("x = a && b", "Lua writes 'and' for '&&'"),
    ("x = a || b", "Lua writes 'or' for '||'"),
    ("x += 1", "Lua has no compound assignment: write 'x = x + y'"),
    ("if x = 1 then end", "'==' compares, '=' assigns"),
    ("local end = 1", "'end' is a reserved word"),
  ])
  func `a habit from another language gets a hint`(source: String, hint: String) throws {
    #expect(try refusal(source).hint == hint)
  }

  @Test func `a break outside a loop is rejected where its function ends, with the position of the break`() throws {
    let error = try refusal("function f()\n  break\nend\nx = 1")
    #expect(error.position.line == 4)
    #expect(error.message == "'break' outside a loop at line 2")
    #expect(error.related == SourcePosition(offset: 15, line: 2, column: 3))
  }

  private func refusal(_ source: String) throws -> LuaSyntaxError {
    try #require(throws: LuaSyntaxError.self) { try LuaParser.parse(source) }
  }

  private func returned(_ chunk: Chunk) throws -> Expression.Kind {
    guard case .return(let values) = chunk.block.statements.last?.kind else { return .nil }
    return try #require(values.first).kind
  }
}
