/// Single instructions of the virtual machine that do much work: the deadline ends what the budget does not count.
extension HostileCorpus {
  static let interpreter: [HostileCase] = [
    .init(
      "equal long strings compared for ever", .budget,
      body: "local a, b = ('x'):rep(4000), ('x'):rep(4000) while a == b do end"),
    .init(
      "strings of zeros put into order for ever", .budget, .timeout,
      body: "local a, b = ('\\0'):rep(4096), ('\\0'):rep(4095) .. '\\1' while a < b do end"),
    .init(
      "many arguments handed on for ever", .budget, .timeout, .memory,
      body: "local function g(...) end local function f(...) while true do g(...) end end f(table.unpack({}, 1, 60000))"
    ),
    .init(
      "one more argument with each call", .budget, .timeout, .memory,
      body: "local function f(...) return f(1, ...) end f(table.unpack({}, 1, 60000))"),
    .init(
      "a table of many arguments for ever", .budget, .timeout, .memory,
      body: "local function f(...) while true do local t = { ... } end end f(table.unpack({}, 1, 40000))"),
    .init(
      "results of many values for ever", .memory,
      body:
        "local function g(...) return ... end local function f(...) while true do g(...) end end f(table.unpack({}, 1, 60000))"
    ),
    .init(
      "numbers joined to text for ever", .budget, .timeout,
      body: "local x = 1.7976931348623157e308 while true do local s = x .. x .. x .. x .. x .. x .. x .. x end"),
    .init(
      "the remainder of the largest by the least", .budget, .timeout,
      body: "local a, b = 1.7e308, 5e-324 while true do local c = a % b end"),
    .init("powers for ever", .budget, .timeout, body: "local x = 1.0000001 while true do x = x ^ 1.0000001 end"),
    .init(
      "the border of a table with holes", .budget,
      body: "local t = {} for i = 1, 50000, 2 do t[i] = i end while true do local n = #t end"),
    .init("long strings as keys", .budget, body: "local t = {} while true do t[('k'):rep(4000)] = 1 end"),
    .init("a numeral of 4 KiB as the bound of a loop", .budget, body: "for i = 1, ('1'):rep(4096) do end"),
    .init("arithmetic on a numeral of 4 KiB", .runtime, body: "return ('1'):rep(4096) + 1"),
    .init("a division of integers by nothing", .runtime, body: "return 1 // 0"),
    .init("a remainder of integers by nothing", .runtime, body: "return 1 % 0"),
    .init("a table with a key that is nil", .runtime, body: "local t = {} t[nil] = 1"),
    .init("a table with a key that is NaN", .runtime, body: "local t = {} t[0/0] = 1"),
    .init("a step of nothing", .runtime, body: "for i = 1, 10, 0 do end"),
    .init("bits of a fraction", .runtime, body: "return 1.5 | 1"),
    .init(
      harmless: "integers that wrap around",
      body:
        "local x = math.maxinteger + 1 assert(x == math.mininteger) assert(math.mininteger // -1 == math.mininteger) assert(math.mininteger % -1 == 0) assert(math.abs(math.mininteger) == math.mininteger)"
    ),
    .init(
      "a table with room for many that fails at once, for ever", .budget, .timeout,
      body: "while true do pcall(function() local t = { nil + 1, " + String(repeating: "1,", count: 10_000)
        + " } end) end"),
  ]
}
