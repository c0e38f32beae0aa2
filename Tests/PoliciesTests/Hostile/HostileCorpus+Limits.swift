/// Scripts that never end, and scripts that use up the memory.
extension HostileCorpus {
  static let loops: [HostileCase] = [
    .init("an endless loop", .budget, body: "while true do end"),
    .init("an endless repeat", .budget, body: "repeat local x = 1 until false"),
    .init("an endless goto", .budget, body: "::again:: goto again"),
    .init("an endless for", .budget, body: "for i = 1, math.huge do end"),
    .init("a for over all integers", .budget, body: "for i = math.mininteger, math.maxinteger do end"),
    .init("a for in over the same pair", .budget, body: "for a in function() return 1 end do end"),
    .init("an endless loop under pcall", .budget, body: "while true do pcall(function() while true do end end) end"),
    .init(
      "pcall within pcall around a loop", .budget,
      body: "local function f() pcall(f) while true do end end while true do pcall(f) end"),
    .init(
      "a loop that goes on after each error", .budget,
      body: "while true do pcall(error, 'x') end"),
    .init(
      "a loop in the handling of an error", .budget,
      body: "local ok = pcall(error, 'x') while not ok do local a, b = pcall(error, 'x') end"),
    .init("an endless recursion", .memory, body: "local function f() return f() + 1 end return f()"),
    .init(
      "an endless recursion of two", .memory,
      body: "local f, g f = function() return 1 + g() end g = function() return 1 + f() end f()"),
    .init(
      "an endless recursion under pcall", .memory, .budget, .timeout,
      body: "local function f() pcall(f) return f() + 1 end return f()"),
    .init("an endless recursion through sort", .runtime, body: "local function f() table.sort({ 3, 2, 1 }, f) end f()"),
    .init("an endless tail call", .budget, body: "local function f() return f() end return f()"),
    .init(
      "Ackermann", .budget, .memory,
      body:
        "local function a(m, n) if m == 0 then return n + 1 end if n == 0 then return a(m - 1, 1) end return a(m - 1, a(m, n - 1)) end a(4, 4)"
    ),
    .init(
      "Fibonacci the slow way", .budget,
      body: "local function f(n) if n < 2 then return n end return f(n - 1) + f(n - 2) end f(60)"),
    .init(
      "closures without end", .budget, body: "local f while true do local g = f f = function() return g end f = nil end"
    ),
  ]

  static let memory: [HostileCase] = [
    .init("a gigabyte string", .memory, body: "return string.rep('x', 1000000000)"),
    .init("a gigabyte string as a method", .memory, body: "return ('x'):rep(1 << 40)"),
    .init("a rep whose length wraps around", .memory, body: "return ('xxxxxxxx'):rep(1 << 61)"),
    .init("a rep with a long separator", .memory, body: "return ('x'):rep(1000000, ('y'):rep(4000))"),
    .init("a doubled string", .memory, body: "local s = 'x' while true do s = s .. s end"),
    .init(
      "a doubled string under pcall", .memory,
      body: "while true do pcall(function() local s = 'x' while true do s = s .. s end end) end"),
    .init(
      "long strings, over and over", .budget, body: "local s = ('x'):rep(4000) while true do local t = s .. 'y' end"),
    .init(
      "long strings that are kept", .memory,
      body: "local s, t = ('x'):rep(4000), {} for i = 1, 1e9 do t[i] = s .. i end"),
    .init("a table without end", .memory, body: "local t = {} for i = 1, 1e9 do t[i] = i end"),
    .init("a map without end", .memory, body: "local t = {} for i = 1, 1e9 do t[i + 0.5] = i end"),
    .init(
      "a table without end under pcall", .memory,
      body: "local t = {} pcall(function() for i = 1, 1e9 do t[i] = i end end) while true do end"),
    .init("tables in tables", .memory, body: "local t = {} while true do t = { t, t } end"),
    .init("closures that are kept", .memory, body: "local t = {} for i = 1, 1e9 do t[i] = function() return i end end"),
    .init(
      "refusals under pcall, again and again", .memory,
      body: "local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end"),
    .init(
      "collections without end", .memory,
      body:
        "local t = {} pcall(function() while true do t[#t + 1] = {} end end) while true do local x = { {}, {}, {} } end"
    ),
    .init(
      "a packed million", .budget, .memory,
      body: "local t = table.pack(table.unpack({}, 1, 200000)) return #table.pack(table.unpack(t, 1, 200000))"),
    .init("a format of long texts", .memory, body: "local s = ('x'):rep(4000) return string.format('%s%s', s, s)"),
    .init(
      "table.concat of much", .memory,
      body: "local t = {} for i = 1, 100000 do t[i] = 'xxxxxxxxxx' end return table.concat(t)"),
    .init(
      "table.concat with a long separator", .memory,
      body: "local t = {} for i = 1, 1000 do t[i] = 'x' end return table.concat(t, ('y'):rep(4000))"),
    .init(
      "a varargs stack without end", .memory, .budget, .timeout, body: "local function f(...) return f(1, ...) end f()"),
    .init(
      "a stack of unpacked values", .memory,
      body: "local function f(...) local n = select('#', ...) return 1 + f(table.unpack({}, 1, n + 30000)) end f()"),
  ]
}
