import LuaSandbox
import Routing
import Testing

@testable import Policies

/// Hostile files beyond a single body: files that are not policies, texts that act on terminals, kept state.
struct HostileStateTests {
  @Test(arguments: [
    ("bytecode", "\u{1B}Lua"), ("_ENV", "local _ENV = {} return { select = function() end }"),
    ("a zero byte", "return {}\0"), ("no table", "return 1"), ("nothing", ""),
    ("no select", "return { name = 'x' }"), ("a misspelt hook", "return { slect = function() end }"),
    ("select is text", "return { select = 'x' }"), ("a syntax error", "return { select = function( end }"),
    ("params in the chunk", "local w = params.max_wait return { select = function() end }"),
  ])
  func `a file that is not a policy is refused with a message`(what: String, source: String) throws {
    let fault = #expect(throws: Fault.self) {
      try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: HostileScript.unhurried)
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
    let decision = HostileScript.decision(
      of: try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: HostileScript.unhurried))
    #expect(decision.fault == nil)
    #expect(decision.notes.count == 16)
    for text in decision.notes + [decision.reason] {
      #expect(text.utf8.count <= 400)
      #expect(
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) && $0 != "\u{202E}" })
    }
  }

  private static func decisions(_ source: String, count: Int = 6) throws -> [Decision] {
    let policy = try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: HostileScript.unhurried)
    return (0..<count).map { number in
      Evaluator(policies: [policy], fleet: HostileScript.fleet).decide(
        Contact(id: ContactID("c\(number)")!, phone: "+1555010000\(number)", assignedDevice: DeviceID("D1")), seed: 1)
    }
  }

  @Test func `a decision past its deadline is a timeout, also within library functions`() throws {
    for body in ["while true do end", "while true do glob(('a'):rep(4000), ('*a'):rep(50)) end"] {
      let policy = try CompiledPolicy(
        file: "hostile", source: Array("return { select = function() \(body) end }".utf8),
        limits: SandboxLimits(instructions: 1 << 50, cpuMilliseconds: 30))
      for _ in 0..<2 { #expect(HostileScript.decision(of: policy).fault?.kind == .timeout) }
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
    let fault = #expect(throws: Fault.self) { try HostileStateTests.decisions(source) }
    #expect(fault?.message.contains("for key, value in pairs(t) do") == true)
  }

  @Test func `a register that generated code never wrote holds nothing of the decision before`() throws {
    // Lua 5.4.4 fails to load the left operand of `constant | (x or 3)` after 255 constants.
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
    let reasons = Set(try HostileStateTests.decisions(source).map(\.reason))
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
    let decisions = try HostileStateTests.decisions(source)
    #expect(decisions[2].fault != nil)
    let others = decisions.enumerated().filter { $0.offset != 2 }.map(\.element)
    #expect(others.allSatisfy { $0.fault == nil && $0.instructions == others[0].instructions })
  }

  @Test func `of several wrong keys the same one is reported every time`() throws {
    let source = """
      return { select = function(contact, fleet)
        note(select(2, pcall(fleet.least_loaded, fleet, { foo = 1, bar = 2, baz = 3, qux = 4, tax = 5 })))
        local t = { [{}] = 1, [function() end] = 2, [fleet] = 3 }
        for i = 1, 50 do t['k' .. i] = i end
        note(select(2, pcall(pairs, t)))
        return wait('x', 60)
      end }
      """
    let decision = try HostileStateTests.decisions(source)[0]
    #expect(decision.notes.first?.contains("unknown filter key 'bar'") == true, "\(decision.notes)")
    // Counted by hand once; the same in each process, whatever the order of a table's keys.
    #expect(Set(try (0..<5).map { _ in try HostileStateTests.decisions(source)[0].instructions }).count == 1)
  }

  @Test(arguments: HostileFiles.all)
  func `a file as large as a policy may be is compiled, or is refused with a message`(file: HostileFiles.File) {
    do throws(Fault) { _ = try HostileScript.policy(file.source) } catch { #expect(!error.message.isEmpty) }
  }

  @Test func `a larger file is refused`() {
    let source = "return { select = function() end }" + String(repeating: " ", count: 70_000)
    let fault = #expect(throws: Fault.self) {
      try CompiledPolicy(file: "hostile", source: Array(source.utf8), limits: HostileScript.unhurried)
    }
    #expect(fault?.message == "the file is larger than 64 KiB")
  }
}

extension Slow {
  struct HostileMemoryTests {
    /// Slices are shorter on a slow machine; eight concurrent threads make it slow for some of these.
    @Test(arguments: [
      "local function g(...) end local function f(...) while true do g(...) end end f(table.unpack({}, 1, 60000))",
      "local function f(...) while true do local t = { ... } end end f(table.unpack({}, 1, 40000))",
      "local function f(...) return f(1, ...) end f()",
    ])
    func `a script's use at the memory cap does not depend on its running time`(body: String) async throws {
      let source = "return { select = function() \(body) end }"
      let used = try await withThrowingTaskGroup(of: Decision.self, returning: [Decision].self) { group in
        for _ in 0..<8 {
          group.addTask {
            let policy = try CompiledPolicy(
              file: "hostile", source: Array(source.utf8), limits: SandboxLimits(cpuMilliseconds: 60_000))
            return HostileScript.decision(of: policy)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(used.map(\.instructions)).count == 1, "\(used.map(\.instructions))")
      #expect(used.allSatisfy { $0.fault?.kind == used[0].fault?.kind && $0.fault != nil })
    }
  }
}
