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
      "long strings, over and over", .budget, .timeout,
      body: "local s = ('x'):rep(8000) while true do local t = s .. 'y' end"),
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
      body: "local s = ('a,'):rep(8000) while true do split(s, ',') end"),
    .init(
      "glob with many stars", .budget,
      body: "local s = ('a'):rep(8000) while true do glob(s, ('*a'):rep(100) .. 'b') end"),
    .init(
      "contains over long texts", .budget,
      body: "local s = ('a'):rep(8000) while true do contains(s, ('a'):rep(4000) .. 'b') end"),
    .init(
      "equal long strings compared for ever", .budget, .timeout,
      body: "local a, b = ('x'):rep(16000), ('x'):rep(16000) while a == b do end"),
    .init("an unknown field of the contact", .runtime, body: "return use(contact.devise, 'x')"),
    .init("an unknown field of a device", .runtime, body: "return use(fleet[1].statsu, 'x')"),
    .init("an unknown global", .runtime, body: "return used(fleet[1], 'x')"),
    .init("os.execute", .runtime, body: "os.execute('true')"),
    .init("require", .runtime, body: "require('os')"),
    .init("load", .runtime, body: "load('return 1')()"),
    .init("metatables", .runtime, body: "setmetatable({}, {__gc = function() while true do end end})"),
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
    let policy = try CompiledPolicy(file: "hostile", source: Array(source.utf8))
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
    if fault.kind != .timeout {
      #expect(again.instructions == decision.instructions)
    }
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
    let policy = try CompiledPolicy(file: "hostile", source: Array(source.utf8))
    let first = HostileScriptTests.decision(of: policy)
    let second = HostileScriptTests.decision(of: policy)
    if first.fault == nil {
      #expect(first.resolution == .use(device: 1))
      #expect(first.notes == ["calls 1 list 0"])
    } else {
      #expect(hostile.kinds.contains(first.fault!.kind), "\(first.fault!)")
    }
    if first.fault?.kind != .timeout { #expect(first == second) }
  }

  @Test(arguments: bodies)
  func `a hostile chunk is refused when it is loaded`(hostile: Case) throws {
    let source = "local contact, fleet = {}, {}\ndo \(hostile.body) end"
    #expect(throws: Fault.self) { try CompiledPolicy(file: "hostile", source: Array(source.utf8)) }
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
      try CompiledPolicy(file: "hostile", source: Array(source.utf8))
    }
    #expect(fault?.message.isEmpty == false)
  }

  @Test func `reasons and notes are bounded and cannot steer a terminal`() throws {
    let source = """
      return { select = function(contact, fleet)
        for i = 1, 100 do note('\\27[31m\\0\\u{202E}' .. ('n'):rep(1000)) end
        return use('D1', 'bell\\7 \\xFF ' .. ('r'):rep(9000))
      end }
      """
    let decision = HostileScriptTests.decision(of: try CompiledPolicy(file: "hostile", source: Array(source.utf8)))
    #expect(decision.fault == nil)
    #expect(decision.notes.count == 16)
    for text in decision.notes + [decision.reason] {
      #expect(text.utf8.count <= 400)
      #expect(
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) && $0 != "\u{202E}" })
    }
  }
}
