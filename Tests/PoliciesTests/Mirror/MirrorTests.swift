import LuaSandbox
import Routing
import Testing

@testable import Policies

/// A script that loops over the fleet may get a copy of it in Lua tables. It cannot detect this.
struct MirrorTests {
  // MARK: - Scoring

  private static let walks = [
    "for _, d in ipairs(fleet:available()) do",
    "for i = 1, #fleet do local d = fleet[i]",
    "for _, d in ipairs(fleet) do",
    "for _, d in ipairs({ table.unpack(fleet) }) do",
    "for _, d in ipairs(fleet:available({ platform = 'sms' })) do",
    "local vips = fleet:available({ tag = 'vip' }) for i = #vips, 1, -1 do local d = vips[i]",
  ]

  private static func scoring(_ walk: String) -> String {
    """
    return { select = function(contact, fleet)
      local best, most
      \(walk)
        if d.can_accept_more and d.online then
          local score = d.headroom * (1 - d.load) - d.queued - (d.last_sent_at or 0) + (d.limit_minute or 3)
          if d == contact.device then score = score + 100 end
          if best == nil or score > most then best, most = d, score end
        end
      end
      if best == nil then return wait('all are full') end
      if best ~= contact.device then return move(best, best.id .. ' ' .. most) end
      return use(best, best.id .. ' ' .. most)
    end }
    """
  }

  @Test(arguments: walks) func `scores follow each reservation`(walk: String) throws {
    let pair = try MirrorPair(Self.scoring(walk))
    for seed in 0..<20 as Range<UInt64> {
      let count = Int(1 + seed * seed / 4)
      let contacts = MirrorPair.contacts(120, devices: count, seed: seed)
      pair.expectSame(contacts, over: MirrorPair.fleet(count, seed: seed), "seed \(seed)")
    }
  }

  @Test func `a policy evaluated after another sees that one's reservations`() throws {
    let first = """
      return { select = function(contact, fleet)
        if contact.step > 1 then return use(fleet:least_loaded(), 'a') end
      end }
      """
    let fleet = Fleet(
      tenant: TenantID("acme")!, now: Instant(milliseconds: 0),
      members: (1...9).map {
        .init(device: Device(key: .init(Int64($0)), id: DeviceID("D\($0)")!), load: DeviceLoad())
      })
    let leader = try CompiledPolicy(file: "leader", source: Array(first.utf8))
    let pair = try MirrorPair(MirrorPair.hook("if fleet[2].queued % 70 == 0 then return use(fleet[2], 'b') end"))
    // 140 and more in between: more than the list of changes can hold.
    let contacts = (0..<900).map { Contact(id: ContactID("c\($0)")!, step: $0 % 150 < 140 ? 2 : 1) }
    let decisions = [pair.with, pair.without].map { policy in
      let evaluator = Evaluator(policies: [leader, policy], fleet: fleet)
      return contacts.map { evaluator.decide($0, seed: 1) }
    }
    #expect(decisions[0] == decisions[1])
    #expect(pair.with.showedMirror)
  }

  // MARK: - Values

  private static let values = [
    "d", "own", "fleet", "list", "contact", "d.tags", "d.load", "1", "'x'", "'D1'", "nil", "{ d }", "{ [d] = 1 }",
    "use",
  ]
  private static let operations = [
    "return a == b, a ~= b", "return a .. b", "return a < b", "return a + b", "return a & 1, b // 2", "return a[b]",
    "return #a, -b", "return a(b)", "return a:id(b)", "return a.id, b.can_accept_more", "return a.headrom",
    "return type(a), tostring(b)", "return ipairs(a)(a, 0)", "for k, v in pairs(a) do return k, v end",
    "for i = a, b do return i end", "for k in a, b do return k end", "error(a, b)", "return assert(a, b)",
    "return select(a, b)", "return tonumber(a, b)", "return pcall(a, b)", "table.insert(a, b) return #a",
    "table.insert(a, 1, b) return a[1]", "return table.remove(a, b)", "table.sort(a) return a[1]",
    "table.sort({ a, b, d }, function(x, y) return x.load < y.load end)", "return table.concat(a, b)",
    "return table.concat({ a, b })", "return table.move(a, 1, 2, 1, b)", "return table.move(a, 1, 0, 1, b)",
    "return table.move({ a, b }, 1, 2, 3)", "return table.unpack(a, 1, b)", "return table.unpack(a)",
    "return table.pack(a, b).n", "return math.max(a, b)", "return math.type(a), math.abs(b)", "return string.rep(a, b)",
    "return ('x'):rep(a, b)", "return string.format(a, b)", "return string.format('%s', a)",
    "return string.format('%d %s', b, 'x')", "return contains(a, b)", "return split(a, b)", "return glob(a, b)",
    "return random(a, b)", "note(a)", "return use(a, b)", "return move(a, b)", "return wait(a, b)", "return skip(a)",
    "return fleet:available(a)", "return #fleet:available({ tag = a, except = b })", "return fleet:candidates(a, b)",
    "return fleet:get(a)", "return fleet:hash(a, b)", "return fleet:least_loaded(a)", "return fleet.get(a, b)",
    "return fleet:first_available({ except = a })", "return ({ [a] = 1 })[b]", "return a and b or d",
    "for k, v in pairs({ [a] = 1, [b] = 2, [d] = 3, [fleet] = 4 }) do note(tostring(k) .. v) end",
    "local t = { x = a, b } for k, v in pairs(t) do note(tostring(v)) end",
  ]

  @Test(arguments: operations) func `every value is accepted or refused alike`(operation: String) throws {
    let fleet = MirrorPair.fleet(7, seed: 3)
    let contacts = MirrorPair.contacts(2, devices: 3, seed: 5)
    for a in Self.values {
      let tries = Self.values.map { "try(function() local a, b = \(a), \($0) \(operation) end)" }
      let caught = MirrorPair.hook(tries.joined(separator: "\n"))
      try MirrorPair(caught).expectSame(contacts, over: fleet, "\(a): \(operation)")
    }
  }

  @Test(arguments: ["d", "fleet", "list", "1"]) func `every value ends a decision alike`(value: String) throws {
    let fleet = MirrorPair.fleet(7, seed: 3)
    let contacts = MirrorPair.contacts(2, devices: 3, seed: 5)
    for operation in Self.operations {
      for (a, b) in [(value, "d"), ("d", value)] {
        let body = "local answer = (function(a, b) \(operation) end)(\(a), \(b)) if d then return answer end"
        try MirrorPair(MirrorPair.hook(body)).expectSame(contacts, over: fleet, "\(a), \(b): \(operation)")
      }
    }
    try MirrorPair(MirrorPair.hook("if d then return \(value) end")).expectSame(contacts, over: fleet, "\(value)")
    try MirrorPair(MirrorPair.hook("if d then error(\(value)) end")).expectSame(contacts, over: fleet, "\(value)")
  }

  // MARK: - The list of available devices

  @Test(arguments: [
    "table.sort(list, function(a, b) return a.queued > b.queued end)", "table.remove(list, 1)", "table.insert(list, d)",
    "table.insert(list, 1, 'x') if list[1] == 'x' then list = fleet:available() end",
    "table.move(fleet, 1, 3, 1, list)", "table.move(list, 2, #list, 1)", "table.move(list, 1, 2, 300)",
    "note(tostring(list == fleet:available()) .. tostring(fleet:available() == fleet:available()))",
    "local again = fleet:available() table.remove(again) list = fleet:available({})",
    "for i = 1, 40 do table.insert(list, i) end table.remove(list, 1)",
  ])
  func `changes of the list do not last into the next decision`(change: String) throws {
    let pair = try MirrorPair(MirrorPair.hook(change + " if list[1] == nil then return wait('none') end"))
    for seed in 0..<8 as Range<UInt64> {
      let contacts = MirrorPair.contacts(60, devices: 9, seed: seed)
      pair.expectSame(contacts, over: MirrorPair.fleet(9, seed: seed), "seed \(seed)")
    }
  }

  // MARK: - Limits

  @Test func `the budget ends in the same place`() throws {
    let source = MirrorPair.hook("local all = fleet:available() for i = 1, 9 do all = fleet:available() end")
    let fleet = MirrorPair.fleet(30, seed: 2)
    for budget in stride(from: 1, through: 1500, by: 7) as StrideThrough<Int64> {
      let decisions: [Decision?] = [0, 1 << 20].map { mirror in
        let limits = SandboxLimits(instructions: budget, mirror: mirror)
        // The first few limits are too small even for the chunk.
        guard let policy = try? CompiledPolicy(file: "pair", source: Array(source.utf8), limits: limits) else {
          return nil
        }
        return Evaluator(policies: [policy], fleet: fleet).decide(Contact(id: ContactID("c")!), seed: 1)
      }
      #expect(decisions[0] == decisions[1], "budget \(budget)")
    }
  }

  @Test func `the copy does not count towards the script's memory`() throws {
    let hoard = MirrorPair.hook("local t = {} for i = 1, 9000 do table.insert(t, { i }) end note(#t .. '')")
    let contacts = MirrorPair.contacts(5, devices: 9, seed: 1)
    for count in [1, 500, 1000] {
      let fleet = MirrorPair.fleet(count, seed: 1)
      for fleet in [fleet, MirrorPair.fleet(count, seed: 2), fleet] {
        try MirrorPair(hoard).expectSame(contacts, over: fleet, "\(count) devices")
      }
    }
  }

  @Test func `a fleet that is too large is read in place`() throws {
    let contacts = MirrorPair.contacts(3, devices: 9, seed: 1)
    let pair = try MirrorPair(MirrorPair.hook("note(d.id)"))
    for (count, shown) in [(1000, true), (20_000, false), (3, true)] {
      pair.expectSame(contacts, over: MirrorPair.fleet(count, seed: 1), shown: shown, "\(count) devices")
    }
  }

  // MARK: - Scripts that get a copy

  @Test(arguments: [
    ("local t = {} t[1] = d", true), ("local t = { id = d.id, [d.id] = 1, list } t.x = 2", true),
    ("pcall(function() d.load = 0 end)", false), ("pcall(function() fleet[1] = nil end)", false),
    ("local t = {} if own then t = d end pcall(function() t.load = 1 end)", false),
    ("local t = {} for i = 1, 2 do t[i] = d end", false), ("local t = { own or d }", true),
  ])
  func `a script that could write to it is not`(body: String, shown: Bool) throws {
    let contacts = MirrorPair.contacts(9, devices: 3, seed: 1)
    try MirrorPair(MirrorPair.hook(body)).expectSame(
      contacts, over: MirrorPair.fleet(3, seed: 1), shown: shown, "\(body)")
  }

  @Test func `no shipped policy pays for one`() throws {
    for name in ["assigned", "strict", "fallback", "reassign", "least_loaded"] {
      let entry = try PolicyCatalog(rules: nil).entry(named: name)
      let policy = try CompiledPolicy(file: entry.name, source: entry.source)
      let evaluator = Evaluator(policies: [policy], fleet: MirrorPair.fleet(5, seed: 1))
      _ = evaluator.decide(MirrorPair.contacts(1, devices: 5, seed: 1)[0], seed: 1)
      #expect(!policy.showedMirror, "\(entry.name)")
    }
  }
}

extension Slow {
  struct HostileMirrorTests {
    // MARK: - Harm

    @Test(arguments: HostileCorpus.all) func `a hostile script comes to the same`(hostile: HostileCase) throws {
      let body = "local first = fleet:available()[1].load for i = 1, 2 do \(hostile.body) end"
      // The probe of the corpus writes to tables: without it, bodies that do not write get the copy.
      let source = "return { params = { max_wait = 1 }, select = function(contact, fleet) \(body) end }"
      guard let pair = try? MirrorPair(source) else { return }
      let contact = Contact(id: ContactID("c1")!, assignedDevice: DeviceID("D1"), tags: ["vip"])
      let (with, without) = pair.decide([contact], over: HostileScript.fleet)
      let kinds = [with[0].fault?.kind, without[0].fault?.kind]
      // A deadline does not depend on the script alone, nor does a refusal of memory, and the budget may end first.
      if kinds.contains(.timeout) { return }
      if kinds.contains(.memory) {
        #expect(kinds.allSatisfy { $0 == .memory || $0 == .budget }, "\(hostile.name): \(kinds)")
      } else {
        #expect(with == without, "\(hostile.name)")
      }
    }
  }
}
