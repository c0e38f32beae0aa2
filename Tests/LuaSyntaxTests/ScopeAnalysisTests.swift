import LuaSyntax
import Testing

@Suite struct ScopeAnalysisTests {
  @Test func `free names are listed in source order with their use`() throws {
    let scope = try analysis("local a = b\nc = a + print(d)\nfunction e() g = a end\nf.x = h.y()\ni:j()")
    let uses = scope.globals.map { "\($0.name) \($0.access) \($0.position)" }
    #expect(
      uses == [
        "b read 1:11", "c write 2:1", "print call 2:9", "d read 2:15", "e write 3:10", "g write 3:14",
        "f read 4:1", "h read 4:7", "i read 5:1",
      ])
  }

  @Test func `a local hides a global only in its scope`() throws {
    let scope = try analysis("local x = x\ndo local y; y = 1 end\ny = x\nfor i = i, 2 do i() end i()")
    #expect(scope.globals.map { "\($0.name) \($0.position)" } == ["x 1:11", "y 3:1", "i 4:9", "i 4:25"])
  }

  @Test func `the locals of a repeat are visible in its condition`() throws {
    #expect(try analysis("repeat local x until x").globals.isEmpty)
  }

  @Test func `a local knows whether it is read and written`() throws {
    let scope = try analysis(
      "local a, b, c, d = 1\nb = a\nlocal function f(p, q) c = q end\nlocal t = {}\nt.x = 1 for i = 1, 2 do end"
    )
    let considerations = scope.locals.map { local in
      "\(local.variable.name) \(local.isRead ? "r" : "-")\(local.isWritten ? "w" : "-")"
        + (local.isWrittenFromNestedFunction ? "u" : "-")
    }
    #expect(considerations == ["a r--", "b -w-", "c -wu", "d ---", "f ---", "p ---", "q r--", "t r--", "i ---"])
    #expect(scope.locals.map(\.variable.isTopLevel).filter { !$0 }.count == 3)
    #expect(scope.locals[0].declaration.column == 7)
  }

  @Test func `a write to an upvalue has its own position and that of the declaration`() throws {
    let scope = try analysis(
      "local n = 0\nlocal function f()\n  n = n + 1\n  local m\n  return function() m = 1 end\nend\nn = 2")
    let writes = scope.upvalueWrites.map { "\($0.name) \($0.position) \($0.declaration) \($0.isTopLevel)" }
    #expect(writes == ["n 3:3 1:7 true", "m 5:21 4:9 false"])
  }

  @Test func `the name _ENV is found wherever it is an identifier`() throws {
    let scope = try analysis("local a = _ENV\n_ENV.x = t._ENV\nlocal _ENV = {}\n_ENV = y\n_ENV()")
    let uses = scope.environmentUses.map { "\($0.position) \($0.access.map { "\($0)" } ?? "declared")" }
    #expect(uses == ["1:11 read", "2:1 read", "3:7 declared", "4:1 write", "5:1 call"])
    #expect(scope.globals.map(\.name) == ["t", "y"])
  }

  @Test func `every close attribute is listed`() throws {
    let scope = try analysis("local a <close> = nil\ndo local b <const>, c <close> = 1 end")
    #expect(scope.closeAttributes.map { "\($0.name) \($0.position)" } == ["a 1:10", "c 2:24"])
  }

  @Test func `members of free names are listed however they are written`() throws {
    let scope = try analysis(
      "x = string.rep\ny = string['len'](z)\nio:open()\nos.a.b();\n(math).pi = 1\nt[k] = 1\nfunction u.v() end"
    )
    let uses = scope.globalMembers.map { "\($0.base).\($0.member) \($0.position) \($0.kind) \($0.access)" }
    #expect(
      uses == [
        "string.rep 1:12 index read", "string.len 2:12 index call", "io.open 3:4 method call",
        "os.a 4:4 index read", "math.pi 5:8 index write", "u.v 7:12 index write",
      ])
  }

  @Test func `members of parameters are listed with their function`() throws {
    let scope = try analysis(
      """
      function t.check(ctx, req) return req.path, ctx:user() end
      t.other = function(a) return function() return a.b end end
      return { decide = function(_, c) c.x = 1 end, ["k"] = function(d) d.e() end }
      """)
    let uses = scope.parameterMembers.map {
      "\($0.functionKey ?? "-") \($0.parameterIndex) \($0.member.base).\($0.member.member) \($0.member.kind)"
    }
    #expect(
      uses == [
        "check 1 req.path index", "check 0 ctx.user method", "other 0 a.b index", "decide 1 c.x index",
        "k 0 d.e index",
      ])
  }

  @Test func `a method counts its implicit self as argument zero`() throws {
    let scope = try analysis("function t:m(a) self.x = a.y end local function f(b) return b.z end")
    let uses = scope.parameterMembers.map {
      "\($0.functionKey ?? "-") \($0.parameterIndex) \($0.member.member)"
    }
    #expect(uses == ["m 0 x", "m 1 y", "- 0 z"])
  }

  private func analysis(_ source: String) throws -> ScopeAnalysis {
    ScopeAnalysis(try LuaParser.parse(source))
  }
}
