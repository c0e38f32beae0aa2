import LuaSandbox
import Routing
import Testing

@testable import Policies

/// Scripts that mean harm, or are merely wrong: each ends as a named fault, and the contact waits.
struct HostileScriptTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let body: String
    let kinds: [Fault.Kind]
    var testDescription: String { name }

    init(_ name: String, _ kinds: Fault.Kind..., body: String) {
      (self.name, self.kinds, self.body) = (name, kinds, body)
    }
  }

  static let bodies: [Case] = [
    .init("an endless loop", .budget, body: "while true do end"),
    .init("an endless loop under pcall", .budget, body: "while true do pcall(function() while true do end end) end"),
    .init("an endless recursion", .runtime, .memory, .budget, body: "local function f() return f() + 1 end return f()"),
    .init("an endless tail call", .budget, body: "local function f() return f() end return f()"),
    .init("a gigabyte string", .memory, body: "return string.rep('x', 1000000000)"),
    .init("a gigabyte string as a method", .memory, body: "return ('x'):rep(1 << 40)"),
    .init("a doubled string", .memory, body: "local s = 'x' while true do s = s .. s end"),
    .init(
      "long strings, over and over", .budget,
      body: "local s = ('x'):rep(4000) while true do local t = s .. 'y' end"),
    .init("a table without end", .memory, .budget, body: "local t = {} for i = 1, 1e9 do t[i] = i end"),
    .init(
      "a table without end under pcall", .memory, .budget,
      body: "local t = {} pcall(function() for i = 1, 1e9 do t[i] = i end end) while true do end"),
    .init(
      "table.concat of much", .memory, .budget,
      body: "local t = {} for i = 1, 100000 do t[i] = 'xxxxxxxxxx' end return table.concat(t)"),
    .init("table.move over billions", .budget, body: "table.move({}, 1, 3000000000, 2)"),
    .init("table.unpack over billions", .budget, body: "table.unpack({}, 1, 100000000)"),
    .init(
      "table.insert in the middle of much", .budget,
      body: "local t = {} for i = 1, 20000 do t[i] = i end while true do table.insert(t, 1, 0) end"),
    .init(
      "sort with a comparison that lies", .budget,
      body: "local t = {} for i = 1, 50000 do t[i] = i end table.sort(t, function() return true end)"),
    .init("wide formats", .budget, .memory, body: "while true do local s = string.format('%99.99f', 1e308) end"),
    .init(
      "split into bytes", .budget, .memory,
      body: "local s = ('a,'):rep(2000) while true do split(s, ',') end"),
    .init(
      "glob with many stars", .budget,
      body: "local s = ('a'):rep(4000) while true do glob(s, ('*a'):rep(100) .. 'b') end"),
    .init(
      "contains over long texts", .budget,
      body: "local s = ('a'):rep(4000) while true do contains(s, ('a'):rep(2000) .. 'b') end"),
    .init(
      "equal long strings compared for ever", .budget,
      body: "local a, b = ('x'):rep(4000), ('x'):rep(4000) while a == b do end"),
    .init("an unknown field of the contact", .runtime, body: "return use(contact.devise, 'x')"),
    .init("an unknown field of a device", .runtime, body: "return use(fleet[1].statsu, 'x')"),
    .init("an unknown global", .runtime, body: "return used(fleet[1], 'x')"),
    .init("os.execute", .runtime, body: "os.execute('true')"),
    .init("require", .runtime, body: "require('os')"),
    .init("load", .runtime, body: "load('return 1')()"),
    .init("metatables", .runtime, body: "setmetatable({}, {__gc = function() while true do end end})"),
    .init(
      "an iterator of pairs kept", .runtime, .verdict,
      body: "local step = pairs({ a = 1 }) local k = step() k.x = 1"),
    .init(
      "long texts compared by sort", .budget,
      body: "local a, t = ('\\0'):rep(4000), {} for i = 1, 8000 do t[i] = a end while true do table.sort(t) end"),
    .init("quoted control characters", .budget, body: "while true do string.format('%q', ('\\1'):rep(1000)) end"),
    .init(
      "contains, where each byte begins a match", .budget, body: "while true do contains(('a'):rep(4000), 'ab') end"),
    .init(
      "numbers written out by concat", .budget,
      body: "local t = {} for i = 1, 150 do t[i] = i / 3 end while true do table.concat(t) end"),
    .init(
      "collections without end", .memory, .budget,
      body:
        "local t = {} pcall(function() while true do t[#t + 1] = {} end end) while true do local x = { {}, {}, {} } end"
    ),
    .init("the metatable of strings", .runtime, body: "getmetatable('').__index = nil"),
    .init("coroutines", .runtime, body: "coroutine.wrap(function() while true do end end)()"),
    .init("patterns", .runtime, body: "return ('x'):find('.-.-.-.-b')"),
    .init("string.dump", .runtime, body: "return string.dump(function() end)"),
    .init("a write to a global", .runtime, body: "counter = 1"),
    .init("a write over a verdict", .runtime, body: "use = nil"),
    .init("a write into a library", .runtime, body: "string.rep = nil"),
    .init("a write to the contact", .runtime, body: "contact.phone = '+15550100000'"),
    .init("a write to a device", .runtime, body: "fleet[1].can_accept_more = true"),
    .init("a write to the fleet", .runtime, body: "fleet[1] = fleet[2]"),
    .init("a write to the parameters", .runtime, body: "params.max_wait = 1"),
    .init("table.insert into a library", .runtime, body: "table.insert(string, 1)"),
    .init("table.sort of the parameters", .runtime, body: "table.sort(params)"),
    .init("a string as verdict", .verdict, body: "return 'D1'"),
    .init("a number as verdict", .verdict, body: "return 42"),
    .init("a device as verdict", .verdict, body: "return fleet[1]"),
    .init("a table made to look like a verdict", .verdict, body: "return { outcome = 'use', device = 'D1' }"),
    .init("no device to use", .device, body: "return use(nil, 'x')"),
    .init("a device that is not in the fleet", .device, body: "return use('X9', 'x')"),
    .init("the contact as a device", .device, body: "return use(contact, 'x')"),
    .init("a wait of NaN", .verdict, body: "return wait('x', 0/0)"),
    .init("a wait less than nothing", .verdict, body: "return wait('x', -1)"),
    .init("a wait without end", .verdict, body: "return wait('x', math.huge)"),
    .init("a wait of a million years", .verdict, body: "return wait('x', 1e15)"),
    .init("a reason that is a table", .verdict, body: "return use(fleet[1], {})"),
    .init("an error with a table", .runtime, body: "error({})"),
    .init("an error with nothing", .runtime, body: "error()"),
    .init("a hundred verdicts", .verdict, body: "for i = 1, 100 do local v = wait('x') end"),
    .init("pairs over keys without an order", .runtime, body: "for k in pairs({ [{}] = 1 }) do end"),
    .init("pairs over the fleet", .runtime, body: "for k in pairs(fleet) do end"),
  ]

  /// The ordinary limits, and time enough for the budget to decide on a slow machine, or under a sanitizer.
  static let unhurried = SandboxLimits(cpuMilliseconds: 60_000)

  static let fleet = Fleet(
    tenant: TenantID("acme")!, now: Instant(milliseconds: 1_000_000),
    members: (1...3).map {
      .init(device: Device(key: .init(Int64($0)), id: DeviceID("D\($0)")!), load: DeviceLoad())
    })

  static func decision(of policy: CompiledPolicy) -> Decision {
    Evaluator(policies: [policy], fleet: fleet).decide(
      Contact(id: ContactID("c1")!, assignedDevice: DeviceID("D1")), seed: 1)
  }

  @Test(arguments: bodies)
  func `a hostile hook is a named fault and the contact waits`(hostile: Case) throws {
    let source = "return { params = { max_wait = 1 }, select = function(contact, fleet)\n\(hostile.body)\nend }"
    let policy = try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: HostileScriptTests.unhurried)
    let clock = ContinuousClock()
    let start = clock.now
    let decision = HostileScriptTests.decision(of: policy)
    #expect(clock.now - start < .seconds(2), "a bound against runaways, not a measurement")
    let fault = try #require(decision.fault)
    #expect(hostile.kinds.contains(fault.kind), "\(fault)")
    #expect(fault.line != nil, "\(fault)")
    #expect(decision.outcome == .wait)
    #expect(!fault.message.isEmpty && fault.message.utf8.count <= 400)
    #expect(decision.instructions <= 2_000_000)
    // The policy goes on to answer the next contact as if nothing had been.
    let again = HostileScriptTests.decision(of: policy)
    #expect(again.fault?.kind == fault.kind)
    #expect(again.instructions == decision.instructions)
  }

  @Test(arguments: bodies)
  func `what pcall catches does not change the next decision`(hostile: Case) throws {
    let source = """
      local calls, list = 0, {}
      return { params = { max_wait = 1 }, select = function(contact, fleet)
        calls = calls + 1
        pcall(function() list[#list + 1] = calls end)
        pcall(function() \(hostile.body) end)
        note('calls ' .. calls .. ' list ' .. #list)
        return use('D2', 'after')
      end }
      """
    let policy = try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: HostileScriptTests.unhurried)
    let first = HostileScriptTests.decision(of: policy)
    let second = HostileScriptTests.decision(of: policy)
    if first.fault == nil {
      #expect(first.resolution == .use(device: 1))
      #expect(first.notes == ["calls 1 list 0"])
    } else {
      #expect(hostile.kinds.contains(first.fault!.kind), "\(first.fault!)")
    }
    #expect(first == second)
  }

  @Test(arguments: bodies)
  func `a hostile chunk is refused when it is loaded`(hostile: Case) throws {
    let source = "local contact, fleet = {}, {}\ndo \(hostile.body) end"
    #expect(throws: Fault.self) {
      try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: HostileScriptTests.unhurried)
    }
  }

  @Test(arguments: [
    ("bytecode", "\u{1B}Lua"), ("_ENV", "local _ENV = {} return { select = function() end }"),
    ("a zero byte", "return {}\0"), ("no table", "return 1"), ("nothing", ""),
    ("no select", "return { name = 'x' }"), ("a misspelt hook", "return { slect = function() end }"),
    ("select is text", "return { select = 'x' }"), ("a syntax error", "return { select = function( end }"),
    ("params in the chunk", "local w = params.max_wait return { select = function() end }"),
  ])
  func `a file that is no policy is refused with a message`(what: String, source: String) throws {
    let fault = #expect(throws: Fault.self) {
      try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: HostileScriptTests.unhurried)
    }
    #expect(fault?.message.isEmpty == false)
  }

  @Test func `reasons and notes are bounded and cannot steer a terminal`() throws {
    let source = """
      return { select = function(contact, fleet)
        for i = 1, 100 do note('\\27[31m\\0\\u{202E}' .. ('n'):rep(1000)) end
        return use('D1', 'bell\\7 \\xFF ' .. ('r'):rep(4000))
      end }
      """
    let decision = HostileScriptTests.decision(
      of: try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: HostileScriptTests.unhurried))
    #expect(decision.fault == nil)
    #expect(decision.notes.count == 16)
    for text in decision.notes + [decision.reason] {
      #expect(text.utf8.count <= 400)
      #expect(
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) && $0 != "\u{202E}" })
    }
  }

  private static func decisions(_ source: String, count: Int = 6) throws -> [Decision] {
    let policy = try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: HostileScriptTests.unhurried)
    return (0..<count).map { number in
      Evaluator(policies: [policy], fleet: fleet).decide(
        Contact(id: ContactID("c\(number)")!, phone: "+1555010000\(number)", assignedDevice: DeviceID("D1")), seed: 1)
    }
  }

  @Test func `a decision past its deadline is a timeout, also within library functions`() throws {
    for body in ["while true do end", "while true do glob(('a'):rep(4000), ('*a'):rep(50)) end"] {
      let policy = try CompiledPolicy(
        file: "hostile", source: Array("return { select = function() \(body) end }".utf8),
        limits: SandboxLimits(instructions: 1 << 50, cpuMilliseconds: 30))
      for _ in 0..<2 { #expect(HostileScriptTests.decision(of: policy).fault?.kind == .timeout) }
    }
  }

  @Test func `an iterator of pairs cannot carry one contact's data to the next`() {
    let source = """
      local box, keys = {}, {}
      for i = 1, 100 do keys[i] = box end
      local step = pairs(keys)
      return { select = function(contact)
        local _, memory = step()
        local seen = memory.last
        memory.last = contact.phone
        return wait('before: ' .. tostring(seen), 60)
      end }
      """
    let fault = #expect(throws: Fault.self) { try HostileScriptTests.decisions(source) }
    #expect(fault?.message.contains("for key, value in pairs(t) do") == true)
  }

  @Test func `a register that generated code never wrote holds nothing of the decision before`() throws {
    // Lua 5.4.4 forgets to load the left operand of `constant | (x or 3)` behind 255 constants.
    let many = (0..<300).map { "'k\($0)'" }.joined(separator: ",")
    let source = """
      local function probe(x)
        if not x then local t = { \(many) } end
        return 5000001 | (x or 3)
      end
      return { select = function(contact)
        local ok, value = pcall(probe, 2)
        local secret = 1000000 + string.byte(contact.id, #contact.id)
        return wait(tostring(ok) .. ' ' .. tostring(value) .. (secret == 0 and 'x' or ''), 60)
      end }
      """
    let reasons = Set(try HostileScriptTests.decisions(source).map(\.reason))
    #expect(reasons.count == 1, "\(reasons)")
  }

  @Test func `memory refused in one decision leaves the next its own`() throws {
    let source = """
      return { select = function(contact)
        if contact.id == 'c2' then
          pcall(function() return select('#', table.unpack({}, 1, 280000)) end)
        end
        local t = {}
        for i = 1, 1000 do t[i] = { i } end
        return wait('done', 60)
      end }
      """
    let decisions = try HostileScriptTests.decisions(source)
    #expect(decisions[2].fault != nil)
    let others = decisions.enumerated().filter { $0.offset != 2 }.map(\.element)
    #expect(others.allSatisfy { $0.fault == nil && $0.instructions == others[0].instructions })
  }

  @Test func `what is wrong with several keys is said of the same one every time`() throws {
    let source = """
      return { select = function(contact, fleet)
        note(select(2, pcall(fleet.least_loaded, fleet, { foo = 1, bar = 2, baz = 3, qux = 4, tax = 5 })))
        local t = { [{}] = 1, [function() end] = 2, [fleet] = 3 }
        for i = 1, 50 do t['k' .. i] = i end
        note(select(2, pcall(pairs, t)))
        return wait('x', 60)
      end }
      """
    let decision = try HostileScriptTests.decisions(source)[0]
    #expect(decision.notes.first?.contains("a filter has no 'bar'") == true, "\(decision.notes)")
    // Counted by hand once; the same in each process, whatever order a table's keys come in.
    #expect(Set(try (0..<5).map { _ in try HostileScriptTests.decisions(source)[0].instructions }).count == 1)
  }

  @Test(arguments: [
    (
      "branches",
      "return { select = function(a)\nif a then" + String(repeating: "\nelseif a then", count: 3500) + "\nend end }"
    ),
    ("gotos", "return { select = function() do\n" + String(repeating: "goto z\n", count: 9000) + "::z:: end end }"),
    ("labels", "return { select = function()\n" + (0..<4000).map { "::l\($0)::\n" }.joined() + "end }"),
  ])
  func `a file as large as a policy may be compiles in no time, or is refused with a message`(
    what: String, source: String
  ) {
    let clock = ContinuousClock()
    let start = clock.now
    do throws(Fault) {
      _ = try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: HostileScriptTests.unhurried)
    } catch { #expect(!error.message.isEmpty) }
    #expect(clock.now - start < .seconds(2), "a bound against runaways, not a measurement")
  }

  @Test func `a larger file is refused`() {
    let source = "return { select = function() end }" + String(repeating: " ", count: 70_000)
    let fault = #expect(throws: Fault.self) {
      try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: HostileScriptTests.unhurried)
    }
    #expect(fault?.message == "the file is larger than 64 KiB")
  }
}
