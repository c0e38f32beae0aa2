/// Library functions used as bombs: much work in one instruction.
extension HostileCorpus {
  static let bombs: [HostileCase] = [
    .init("rep of nothing, for ever", .budget, body: "while true do (''):rep(1 << 60) end"),
    .init("rep of one byte, for ever", .budget, body: "while true do ('x'):rep(4096) end"),
    .init("rep of a separator", .budget, body: "while true do (''):rep(4096, ',') end"),
    .init("table.move over billions", .budget, body: "table.move({}, 1, 3000000000, 2)"),
    .init(
      "table.move over all integers", .budget, .runtime, body: "table.move({}, math.mininteger, math.maxinteger, 1)"),
    .init(
      "table.move there and back", .budget,
      body: "local t = {} for i = 1, 10000 do t[i] = i end while true do table.move(t, 1, 10000, 2) end"),
    .init("table.unpack over billions", .budget, body: "table.unpack({}, 1, 100000000)"),
    .init("table.unpack over all integers", .budget, body: "table.unpack({}, math.mininteger, math.maxinteger)"),
    .init(
      "table.unpack again and again", .budget,
      body: "local t = {} for i = 1, 1000 do t[i] = i end while true do table.unpack(t) end"),
    .init("table.concat over all integers", .budget, body: "table.concat({}, '', math.mininteger, math.maxinteger)"),
    .init(
      "table.concat of nothing", .budget,
      body: "local t = {} for i = 1, 10000 do t[i] = '' end while true do table.concat(t) end"),
    .init(
      "numbers written out by concat", .budget,
      body: "local t = {} for i = 1, 150 do t[i] = i / 3 end while true do table.concat(t) end"),
    .init(
      "table.insert in the middle of much", .budget,
      body: "local t = {} for i = 1, 20000 do t[i] = i end while true do table.insert(t, 1, 0) end"),
    .init(
      "table.insert at a place that is a float", .budget,
      body:
        "local t = {} for i = 1, 50000 do t[i] = i end for i = 1, 3000 do table.insert(t, 1.0, 0) end while true do end"
    ),
    .init(
      "table.insert at a place that is text", .budget,
      body:
        "local t = {} for i = 1, 50000 do t[i] = i end for i = 1, 3000 do table.insert(t, '1', 0) end while true do end"
    ),
    .init(
      "table.remove from the front of much", .budget,
      body: "local t = {} for i = 1, 20000 do t[i] = i end while true do table.remove(t, 1) end"),
    .init(
      "table.remove at a place that is a float", .budget,
      body:
        "local t = {} for i = 1, 50000 do t[i] = i end for i = 1, 3000 do table.remove(t, 1.0) t[50000] = 1 end while true do end"
    ),
    .init(
      "sort with a comparison that lies", .budget,
      body: "local t = {} for i = 1, 50000 do t[i] = i end table.sort(t, function() return true end)"),
    .init(
      "sort that grows its table", .budget,
      body:
        "local t = {} for i = 1, 1000 do t[i] = -i end while true do table.sort(t, function(a, b) t[#t + 1] = 1 return a < b end) end"
    ),
    .init(
      "sort within sort", .budget,
      body:
        "local function f(a, b) local t = { 5, 4, 3, 2, 1 } table.sort(t) return a < b end while true do table.sort({ 5, 4, 3, 2, 1 }, f) end"
    ),
    .init(
      "long texts compared by sort", .budget,
      body: "local a, t = ('\\0'):rep(4000), {} for i = 1, 8000 do t[i] = a end while true do table.sort(t) end"),
    .init("sort of what cannot be compared", .runtime, body: "table.sort({ 1, 'x', {} })"),
    .init("wide formats", .budget, body: "while true do local s = string.format('%99.99f', 1e308) end"),
    .init(
      "many floats in one format", .budget,
      body:
        "local f = ('%.99f'):rep(30) while true do pcall(string.format, f, table.unpack({ 1e308, 1e308, 1e308 }, 1, 3)) end"
    ),
    .init("quoted control characters", .budget, body: "while true do string.format('%q', ('\\1'):rep(1000)) end"),
    .init(
      "format with numerals as long as a text may be", .budget,
      body: "local s = ('1'):rep(4096) while true do pcall(string.format, '%d%d%d', s, s, s) end"),
    .init(
      "math.max of long numerals", .budget,
      body:
        "local s, t = ('1'):rep(4096), {} for i = 1, 20000 do t[i] = s end while true do math.max(table.unpack(t)) end"),
    .init("math.floor of a long numeral", .budget, body: "local s = ('1'):rep(4096) while true do math.floor(s) end"),
    .init("math.fmod of a long numeral", .budget, body: "local s = ('1'):rep(4096) while true do math.fmod(s, s) end"),
    .init(
      "string.char of long numerals", .budget,
      body:
        "local s, t = ('0'):rep(4096), {} for i = 1, 4000 do t[i] = s end while true do string.char(table.unpack(t)) end"
    ),
    .init(
      "string.sub with long numerals", .budget, body: "local s = ('0'):rep(4096) while true do ('x'):sub(s, s) end"),
    .init(
      "tonumber of a long fraction", .budget, body: "local s = '0.' .. ('3'):rep(4000) while true do tonumber(s) end"),
    .init("tonumber in base 36", .budget, body: "local s = ('z'):rep(4096) while true do tonumber(s, 36) end"),
    .init("fmod of the largest by the least", .budget, body: "while true do math.fmod(1.7e308, 5e-324) end"),
    .init("tostring of hard numbers", .budget, body: "while true do tostring(1.7976931348623157e308) end"),
    .init(
      "upper, lower and reverse", .budget,
      body: "local s = ('x'):rep(4096) while true do s:upper() s:lower() s:reverse() end"),
    .init("every byte of a text", .budget, body: "local s = ('x'):rep(4096) while true do s:byte(1, -1) end"),
    .init(
      "select over many", .budget,
      body:
        "local t = {} for i = 1, 20000 do t[i] = i end local function f(...) while true do select('#', ...) end end f(table.unpack(t))"
    ),
    .init(
      "assert over many", .budget,
      body:
        "local t = {} for i = 1, 20000 do t[i] = i end local function f(...) while true do assert(...) end end f(table.unpack(t))"
    ),
    .init(
      "pcall over many", .budget,
      body:
        "local t = {} for i = 1, 20000 do t[i] = i end local function f(...) while true do pcall(assert, ...) end end f(table.unpack(t))"
    ),
    .init(
      "type over many", .budget,
      body:
        "local t = {} for i = 1, 20000 do t[i] = i end local function f(...) while true do type(...) end end f(table.unpack(t))"
    ),
    .init(
      "note over many", .budget, chunk: .fault([.runtime]),
      body:
        "local t = {} for i = 1, 20000 do t[i] = i end local function f(...) while true do note(...) end end f(table.unpack(t))"
    ),
    .init(
      "an error that asks for the line of a far caller", .budget,
      body:
        "local function f(n) if n > 0 then return 1 + f(n - 1) end while true do pcall(error, 'x', 100000) end end f(20000)"
    ),
    .init("ipairs, for ever", .budget, body: "local t = { 1, 2, 3 } while true do for _ in ipairs(t) do end end"),
    .init(
      "pairs over many", .budget,
      body: "local t = {} for i = 1, 5000 do t[i] = i end while true do for _ in pairs(t) do break end end"),
    .init(
      "pairs over keys that are long and alike", .budget,
      body: "local t, s = {}, ('x'):rep(4000) for i = 1, 100 do t[s .. i] = i end while true do pairs(t) end"),
    .init(
      "pairs over a table that was emptied", .budget, .timeout,
      body:
        "local t = {} for i = 1, 60000 do t[i + 0.5] = i end for i = 1, 60000 do t[i + 0.5] = nil end while true do pairs(t) end"
    ),
    .init("pairs over keys without an order", .runtime, body: "for k in pairs({ [{}] = 1 }) do end"),
    .init(
      "pairs over many keys without an order", .budget,
      body: "local t = {} for i = 1, 5000 do t[{}] = i end while true do pcall(pairs, t) end"),
    .init("a misspelt global, for ever", .budget, body: "while true do pcall(function() return contians end) end"),
    .init(
      "a misspelt member, for ever", .budget,
      body: "while true do pcall(function() return string.formatted_by_nobody end) end"),
    .init("a name that is not there, for ever", .budget, body: "while true do pcall(function() return os end) end"),
    .init("random, for ever", .budget, chunk: .fault([.runtime]), body: "while true do random(100) end"),
  ]
}
