/// Writes to shared state, and attempts to keep something from one decision to the next.
extension HostileCorpus {
  static let writes: [HostileCase] = [
    .init("a write to a global", .runtime, body: "counter = 1"),
    .init("a global function", .runtime, body: "function use() end"),
    .init("a write over a verdict", .runtime, body: "use = nil"),
    .init("a write over now", .runtime, body: "now = 0"),
    .init("a write over params", .runtime, body: "params = {}"),
    .init("a write into a library", .runtime, body: "string.rep = nil"),
    .init("a new member of a library", .runtime, body: "table.mine = {}"),
    .init("a write into math", .runtime, body: "math.pi = 3"),
    .init("a method for all text", .runtime, body: "('').mine = 1"),
    .init("a write into a member of text", .runtime, body: "function string:mine() end"),
    .init("a write with a key of 4 KiB", .runtime, body: "string[('x'):rep(4090)] = 1"),
    .init("a write with a key that acts on a terminal", .runtime, body: "string['\\27[2J\\u{202E}'] = 1"),
    .init("a write to the contact", .runtime, body: "contact.phone = '+15550100000'"),
    .init("a write to a tag", .runtime, body: "contact.tags[1] = 'vip'"),
    .init("a write to an attribute", .runtime, body: "contact.attributes.language = 'en'"),
    .init("a write to a device", .runtime, body: "fleet[1].can_accept_more = true"),
    .init("a write to a device's counter", .runtime, body: "fleet[1].queued = fleet[1].queued - 100"),
    .init("a write to the fleet", .runtime, body: "fleet[1] = fleet[2]"),
    .init("a device taken out of the fleet", .runtime, body: "table.remove(fleet, 1)"),
    .init("a device put into the fleet", .runtime, body: "table.insert(fleet, { id = 'D9' })"),
    .init("a fleet that is sorted", .runtime, body: "table.sort(fleet)"),
    .init("a move into the fleet", .runtime, chunk: .harmless, body: "table.move({ 1 }, 1, 1, 1, fleet)"),
    .init("a write to a method of the fleet", .runtime, body: "fleet.get = nil"),
    .init("a write to the parameters", .runtime, body: "params.max_wait = 1"),
    .init("table.insert into a library", .runtime, body: "table.insert(string, 1)"),
    .init("table.move into a library", .runtime, body: "table.move({ 1 }, 1, 1, 1, string)"),
    .init("table.sort of the parameters", .runtime, body: "table.sort(params)"),
    .init("table.sort of a library", .runtime, body: "table.sort(math)"),
    .init(
      "table.remove from the parameters", .runtime, chunk: .fault([.runtime]), body: "table.insert(params, 1, 'x')"),
    .init(
      harmless: "a table that queries gave is the script's own",
      body: "local l = fleet:available() l[1] = nil table.sort(l, function() return false end) l.x = 1",
      chunk: .fault([.runtime])),
  ]

  static let keepsakes: [HostileCase] = [
    .init("an iterator of pairs kept", .runtime, body: "local step = pairs({ a = 1 }) local k = step() k.x = 1"),
    .init(
      harmless: "iterators of the fleet kept", body: "local a, b, c = ipairs(fleet) assert(a(b, c) == 1)",
      chunk: .fault([.runtime])),
    .init(harmless: "text interned by the thousand", body: "for i = 1, 20000 do local s = 'k' .. i end"),
    .init(harmless: "tables left behind by the thousand", body: "for i = 1, 5000 do local t = { i, { i }, x = i } end"),
    .init(
      harmless: "a deep stack left behind",
      body: "local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end f(10000)"),
    .init(harmless: "a wide stack left behind", body: "assert(select('#', table.unpack({}, 1, 50000)) == 50000)"),
    .init(
      harmless: "closures over what is shared",
      body: "local all = { use, wait, string, params } local f = function() return all end assert(f() == all)",
      chunk: .fault([.runtime])),
    .init(
      harmless: "random numbers drawn", body: "for i = 1, 100 do random() random(6) random(3, 9) end",
      chunk: .fault([.runtime])),
    .init(harmless: "notes taken", body: "for i = 1, 100 do note('mine ' .. i) end", chunk: .fault([.runtime])),
    .init(
      harmless: "verdicts made, all sixteen but one", body: "for i = 1, 15 do wait('kept ' .. i, i) end",
      chunk: .fault([.runtime])),
    .init(harmless: "an error of another kind caught", body: "pcall(use, 'nobody', 'x') pcall(wait, 'x', -1)"),
    .init(
      harmless: "a large table of strings left behind",
      body: "local t = {} for i = 1, 10000 do t['key ' .. i] = 'value ' .. i end"),
    .init(harmless: "a chunk of memory just below the cap", body: "local t = {} for i = 1, 100000 do t[i] = i end"),
  ]
}
