import Testing

/// Sources that use each production of the grammar of Lua 5.4 (manual, section 9) and its corner cases.
enum GrammarCorpus {
  struct Text: CustomTestStringConvertible, Sendable {
    /// The production or corner case.
    let name: String
    let source: String
    var testDescription: String { name }
    init(_ name: String, _ source: String) { (self.name, self.source) = (name, source) }
  }

  static let all: [Text] = statements + functions + expressions + lexis

  private static let statements: [Text] = [
    Text("empty statements", ";;; ; local a = 1; ; a = 2;;"),
    Text("assignments", "a = 1\na, b = b, a\na.b.c, a[1][2], a[b.c] = 1, 2, 3, 4\n(a).b = 1\n(a.b)[c] = 2\na().b = c"),
    Text(
      "calls as statements",
      """
      f()
      f'text'
      f\"text\"
      f[[text]]
      f{}
      f{1, 2}
      a.b.c()
      a:m()
      a:m'x':n{}:o()
      (f)()
      (f or g)()
      """),
    Text("call after a line end", "local a = f\n(g)(1)\na = b\n{1}"),
    Text("labels", "::a::\n::b:: ::c::\ndo ::a1:: end\nwhile x do ::b1:: end\nfunction f() ::a:: ::b:: end"),
    Text(
      "goto",
      """
      do goto over; local skipped; ::over:: end
      for i = 1, 3 do
        if i == 2 then goto continue end
        for j = 1, 3 do if j == i then goto continue end end
        ::continue::
      end
      do
        local i = 0
        ::top:: i = i + 1
        if i < 3 then goto top end
      end
      repeat do goto out; local x; ::out::; end until x
      goto last
      do ::inner:: goto inner2 ::inner2:: end
      ::last:: ; ::really_last::
      """),
    Text("goto out of a repeat", "repeat\n  if a then goto done end\n  local b = c\nuntil b\n::done::"),
    Text(
      "break",
      """
      while true do break end
      repeat break until false
      for i = 1, 2 do break; end
      while a do if b then break end c() end
      """),
    Text("break before other statements", "while a do break local b = 1 b() end"),
    Text("while and repeat", "while a do while b do end end\nrepeat local x = f() until x == 1\nrepeat until a"),
    Text(
      "if",
      "if a then elseif b then else end\nif a then b() elseif c then d() elseif e then else f() end\nif not a then end"),
    Text(
      "numeric for",
      """
      for i = 1, 10 do end
      for i = 10, 1, -1 do f(i) end
      for i = f(), g(), h() do local i = i end
      """),
    Text(
      "generic for",
      """
      for k in f do end
      for k, v in pairs(t) do end
      for a, b, c, d in f, s, i, c do end
      for _ in (f)() do end
      """),
    Text("do", "do end do do end end\ndo local a = 1 end a = 2"),
    Text(
      "locals",
      """
      local a
      local a, b, c
      local a, b = 1
      local a = a
      local function a() return a end
      local a <const> = 1
      """),
    Text(
      "attributes",
      "local a <const>, b <close>, c = 1, nil, 3\nlocal d<const> =1\nlocal e < const > = 2\nlocal const <const> = 1\nlocal close = const\nlocal f <close> = nil"
    ),
    Text(
      "return",
      """
      do return end
      do return; end
      do return 1 end
      do return 1, 2; end
      if a then return (f()) end
      return f(), ...
      """),
    Text("return of nothing before else", "if a then return else return; end"),
    Text(
      "names that begin like words",
      """
      local _end, end_, e, nots, fore = 1
      returned = breaker
      local goto_ = 2
      gotos = 3
      """),
  ]

  private static let functions: [Text] = [
    Text(
      "functions",
      """
      function f() end
      function f.g.h() end
      function f.g:h() return self end
      local f = function() end
      """),
    Text(
      "parameters",
      """
      function f(a) end
      function f(a, b, c) end
      function f(...) end
      function f(a, ...) return ... end
      """),
    Text(
      "varargs",
      """
      local a, b = ...
      f(...)
      f(..., 1)
      t = {...}
      t = {..., nil}
      local c = (...)
      return select('#', ...), ...
      """),
    Text(
      "nested functions",
      "return function(a) return function(b) return function(...) return a, b, ... end end end"),
    Text("closures over loops", "for i = 1, 3 do f[i] = function() i = i + 1 return i end end"),
    Text("recursion through a local", "local function f(n) if n == 0 then return 0 end return f(n - 1) end"),
    Text("self", "function a.b:c(self) return self end\nfunction a:b(...) return self, ... end"),
    Text(
      "the environment",
      """
      local _ENV = {}
      a = 1
      local function f(_ENV) return x end
      do local _ENV <const> = t; y = 2 end
      """),
    Text("calls of calls", "f()()()\nf{}{}''[[]]\na.b:c().d:e()[1]()\nf(function() end)(1)"),
    Text("arguments over lines", "f(\n1\n,\n2\n)\na:b\n(\n1\n)"),
  ]

  private static let expressions: [Text] = [
    Text(
      "precedence",
      """
      x = 1 + 2 * 3 - 4 / 5 // 6 % 7 ^ 8 ^ 9 .. 'a' .. 'b'
      x = not a == b
      x = -x ^ 2
      x = 2 ^ -x ^ -y
      """),
    Text("comparisons", "x = a < b == c > d ~= e <= f >= g\nx = a == b == c"),
    Text("logic", "x = a and b or c and not d or e\nx = not not a\nx = (a or b) and c"),
    Text("bits", "x = a & b | c ~ d << e >> f\nx = ~a ~ ~b\nx = ~ ~ a\nx = 1 << 2 .. 3"),
    Text("right to left", "x = a .. b .. c .. d\nx = a ^ b ^ c ^ d\nx = - - - a\nx = not - # ~ a"),
    Text("prefixes before powers", "x = -2 ^ 2\nx = not a ^ b\nx = #t ^ 2\nx = ~a ^ b\nx = 2 ^ not a"),
    Text(
      "tables",
      """
      t = {}
      t = {1}
      t = {1,}
      t = {1; 2, 3;}
      t = {a = 1, ['b'] = 2, [3] = 4, 5; c = {d = {}}}
      t = {f(), (f())}
      t = {a, a = a, [a] = a}
      """),
    Text("table keys that are calls", "t = {[f()] = g(), [function() end] = 1, [{}] = {}, [...] = ...}"),
    Text(
      "parentheses",
      """
      x = (a)
      x = ((a))
      x = (f())
      x = (...)
      x = (a.b).c
      x = ('a'):rep(2)
      x = (function() end)()
      x = ({1})[1]
      """),
    Text("text with a method", "x = ('%d'):format(1)\nx = #'abc'\nx = -'2' + 0"),
    Text("indexes", "x = a.b['c'][d][1][-1].e[f(g)]\nx = a[b][c][d]\nx = a [1] . b"),
    Text("functions as operands", "x = function() end == function(...) end\nx = a and function() return 1 end or nil"),
    Text("nothing but constants", "x = nil x = true x = false x = 1 x = 1.5 x = 'a'"),
  ]

  private static let lexis: [Text] = [
    Text(
      "integers",
      """
      x = 0 x = 007 x = 9223372036854775807 x = 9223372036854775808 x = 0xff x = 0XA x = 0xffffffffffffffffff
      """),
    Text("floats", "x = 1. x = .5 x = 1e10 x = 1E+5 x = 1e-5 x = 3.14159 x = 0e12 x = 1e308 x = 1e400"),
    Text("hexadecimal floats", "x = 0x.1 x = 0x1. x = 0x1p4 x = 0x1P-4 x = 0xA.8p+1 x = 0x.0p0 x = 0xep1"),
    Text("numerals beside operators", "x = 1 ..2 x = 1-1 x = 1--1\nx = 0xep1-1 x = a.b1 x = 3 .. 'a'\nx = 2^-1"),
    Text("quotes", #"x = 'a' x = "a" x = '"' x = "'" x = '\'' x = "\"" x = '' x = """#),
    Text("escapes", #"x = '\a\b\f\n\r\t\v\\\"\'' x = '\0\00\000\10\255\0651' x = '\x41\xff\x00' x = '\x4a\x4A'"#),
    Text(
      "escaped code points",
      #"""
      x = '\u{0}\u{7f}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\u{7FFFFFFF}\u{000000041}'
      """#),
    Text("escaped line ends", "x = 'a\\\nb' x = 'a\\\r\nb' x = 'a\\\rb' x = 'a\\\n\\\nb'"),
    Text("skipped blanks", "x = 'a\\z  \n \t \r\n  b' x = '\\z' x = 'a\\z\n\n\nb'"),
    Text(
      "long strings",
      """
      x = [[]] x = [[a]] x = [==[a]]b]=]c]==] x = [[
      ]] x = [[

      a]] x = [=[[[x]]]=] x = [[]]..[=[]]]=]
      """),
    Text("long strings with line ends", "x = [[a\nb\r\nc\n\rd\re]] x = 1\ny = [==[\r\n]==]"),
    Text("comments", "-- a\n--\n--[ not long\n--[=not long\n--[[ long ]] x = 1 --[==[\n]]\n]==] x = 2 --"),
    Text("comments between all", "x --[[a]] = --[[b]] f --[[c]] ( --[[d]] 1 --[[e]] ) -- f"),
    Text("line ends", "x = 1\ry = 2\r\nz = 3\n\rw = 4\n\n\r\rv = 5"),
    Text("blanks", "x\t=\u{B}1\u{C}y = 2"),
    Text("no blanks", "x=1;y=2;if(a)then(b)()end for i=1,2 do end while(a)do end repeat until(a)return(1)"),
    Text("bytes in text", "x = 'é漢😀' y = [[é]] -- é\nx = '\u{1}\u{7F}'"),
    Text("brackets that open no text", "x = a[ [[b]] ] x = a[b[c]] t = {[ [[k]] ] = 1, [ [=[k]=] ] = 2}"),
    Text("colons and dots", "::a:: goto a x = a..b x = a. b x = a .b x = a:b() x = a : b()"),
  ]
}
