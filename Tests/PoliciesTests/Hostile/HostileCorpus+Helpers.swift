/// The text helpers and the fleet's queries as bombs, or called with unsuitable arguments.
extension HostileCorpus {
  static let helpers: [HostileCase] = [
    .init("split into bytes", .budget, body: "local s = ('a,'):rep(2000) while true do split(s, ',') end"),
    .init(
      "split by a long separator", .budget,
      body: "local s = ('a'):rep(4000) while true do split(s, ('a'):rep(1000) .. 'b') end"),
    .init("split by nothing", .runtime, body: "return split('x', '')"),
    .init("split of a number", .runtime, body: "return split(1, ',')"),
    .init(
      "glob with many stars", .budget,
      body: "local s = ('a'):rep(4000) while true do glob(s, ('*a'):rep(100) .. 'b') end"),
    .init(
      "glob with nothing but stars", .budget,
      body: "local s = ('a'):rep(4000) while true do glob(s, ('*'):rep(4000)) end"),
    .init(
      "glob of a long text by a long pattern", .budget,
      body: "local s = ('a'):rep(4096) while true do glob(s, '*' .. ('a'):rep(2000) .. 'b') end"),
    .init(
      "contains over long texts", .budget,
      body: "local s = ('a'):rep(4000) while true do contains(s, ('a'):rep(2000) .. 'b') end"),
    .init(
      "contains, where each byte begins a match", .budget, body: "while true do contains(('a'):rep(4000), 'ab') end"),
    .init("contains in nil", .runtime, body: "return contains(nil, 'x')"),
    .init(
      "starts_with over long texts", .budget, body: "local s = ('a'):rep(4096) while true do starts_with(s, s) end"),
    .init("ends_with over long texts", .budget, body: "local s = ('a'):rep(4096) while true do ends_with(s, s) end"),
    .init("the fleet asked for ever", .budget, chunk: .fault([.runtime]), body: "while true do fleet:get('D3') end"),
    .init(
      "the fleet asked for a long id", .budget, chunk: .fault([.runtime]),
      body: "local s = ('x'):rep(4096) while true do fleet:get(s) end"),
    .init(
      "the fleet hashed by a long key", .budget, chunk: .fault([.runtime]),
      body: "local s = ('x'):rep(4096) while true do fleet:hash(s) end"),
    .init(
      "a filter that leaves out a long id", .budget, chunk: .fault([.runtime]),
      body: "local s = ('x'):rep(4096) while true do fleet:least_loaded({ except = s }) end"),
    .init("least_loaded for ever", .budget, chunk: .fault([.runtime]), body: "while true do fleet:least_loaded() end"),
    .init(
      "candidates without end", .budget, chunk: .fault([.runtime]),
      body: "while true do fleet:candidates(math.maxinteger) end"),
    .init(
      "candidates with a long numeral", .budget, chunk: .fault([.runtime]),
      body: "local s = ('0'):rep(4095) .. '1' while true do fleet:candidates(s) end"),
    .init(
      "available for ever", .budget, chunk: .fault([.runtime]),
      body: "while true do fleet:available({ tag = 'none' }) end"),
    .init(
      "a filter of many keys", .budget, chunk: .fault([.runtime]),
      body: "local f = {} for i = 1, 5000 do f['k' .. i] = i end while true do pcall(fleet.available, fleet, f) end"),
    .init("no candidate at all", .runtime, body: "return fleet:candidates(0)"),
    .init("candidates that are no number", .runtime, body: "return fleet:candidates('many')"),
    .init("a query with a dot", .runtime, body: "return fleet.least_loaded()"),
    .init("a query of another value", .runtime, body: "return fleet.get(contact, 'D1')"),
    .init("a filter that is text", .runtime, body: "return fleet:available('kl')"),
    .init("a filter with a key that is none", .runtime, body: "return fleet:available({ tagg = 'kl' })"),
    .init("a filter with a tag that is a table", .runtime, body: "return fleet:available({ tag = {} })"),
    .init("a filter that is the fleet", .runtime, body: "return fleet:available(fleet)"),
    .init("a member of the fleet that is text", .runtime, body: "return fleet.D1"),
    .init("a place in the fleet that is a fraction", .runtime, body: "return fleet[1.5]"),
    .init("an id that is a number", .runtime, body: "return fleet:get(1)"),
    .init(
      harmless: "places outside the fleet",
      body:
        "assert(fleet[0] == nil and fleet[-1] == nil and fleet[4] == nil and fleet[1 << 40] == nil and fleet[math.mininteger] == nil)",
      chunk: .fault([.runtime])),
    .init("an unknown field of the contact", .runtime, body: "return use(contact.devise, 'x')"),
    .init("an unknown field of a device", .runtime, body: "return use(fleet[1].statsu, 'x')"),
    .init("a field that is no text", .runtime, body: "return contact[1]"),
    .init("a field with a name of 4 KiB", .runtime, body: "return contact[('x'):rep(4096)]"),
    .init("an unknown global", .runtime, body: "return used(fleet[1], 'x')"),
    .init("an unknown parameter", .runtime, body: "return params.max_wiat"),
    .init("pairs over the fleet", .runtime, body: "for k in pairs(fleet) do end"),
    .init("the length of the contact", .runtime, body: "return #contact"),
    .init("a device called", .runtime, body: "return fleet[1]()"),
    .init("a device in arithmetic", .runtime, body: "return fleet[1] + 1"),
    .init("a device joined to text", .runtime, body: "return 'x' .. fleet[1]"),
    .init("a device compared by size", .runtime, body: "return fleet[1] < fleet[2]"),
  ]
}
