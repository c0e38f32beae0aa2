import Foundation
import LuaSandbox
import Routing
import Testing

@testable import Policies

/// `#` and `^` depend only on their operands.
struct OperatorTests {
  /// The result of a body as text, with the instructions it used.
  private func answer(_ body: String, seed: UInt64 = 1) throws -> (text: String, fault: Fault?, instructions: Int64) {
    let source = "return { select = function(contact, fleet)\n\(body)\nend }"
    let policy = try CompiledPolicy(file: "p", source: Array(source.utf8))
    let members = (1...3).map {
      Fleet.Member(device: Device(key: .init(Int64($0)), id: DeviceID("D\($0)")!), load: DeviceLoad())
    }
    let fleet = Fleet(tenant: TenantID("acme")!, now: Instant(milliseconds: 0), members: members)
    let decision = Evaluator(policies: [policy], fleet: fleet).decide(Contact(id: ContactID("c")!), seed: seed)
    return (decision.reason, decision.fault, decision.instructions)
  }

  @Test(arguments: [
    ("list", "local t = {} for i = 1, 1000 do t[i] = i end return wait(#t .. '')", "1000"),
    ("empty", "return wait(#{} .. '')", "0"),
    ("text", "return wait(#'abc' .. '')", "3"),
    ("fleet", "return wait(#fleet .. '')", "3"),
    ("gaps", "local t = { 1, 2, nil, 4, 5, nil, 7, 8 } return wait(#t .. '')", "8"),
    ("first is missing", "local t = { nil, 2, 3 } return wait(#t .. '')", "0"),
    (
      "append", "local t = {} for i = 1, 9 do t[#t + 1] = i end table.insert(t, 'x') return wait(table.concat(t))",
      "123456789x"
    ),
    (
      "insert", "local t = { 1, 3 } table.insert(t, 2, 2) table.insert(t, 1, 0) return wait(table.concat(t, ','))",
      "0,1,2,3"
    ),
    (
      "remove",
      "local t = { 1, 2, 3 } local a, b = table.remove(t, 1), table.remove(t) return wait(a .. b .. #t .. t[1])",
      "1312"
    ),
    ("remove from nothing", "local t = {} return wait(tostring(table.remove(t)) .. #t)", "nil0"),
    ("unpack", "return wait(select('#', table.unpack({ 1, 2, 3 })) .. '')", "3"),
    ("square", "return wait(tostring(7 ^ 2))", "49.0"),
    (
      "power of ten",
      "return wait(tostring(10 ^ 15 == 1e15) .. tostring(10 ^ -3 == 1e-3) .. tostring(10 ^ 22 == 1e22))",
      "truetruetrue"
    ),
    ("root", "return wait(tostring(2 ^ 0.5 == math.sqrt(2)))", "true"),
    ("groups to the right", "return wait(2 ^ 3 ^ 2 .. ' ' .. -2 ^ 2)", "512.0 -4.0"),
    ("infinite", "return wait(2 ^ 5000 .. ' ' .. 2 ^ -5000 .. ' ' .. (-2) ^ 5001)", "inf 0.0 -inf"),
  ])
  func `they agree with Lua where Lua has one answer`(what: String, body: String, expected: String) throws {
    #expect(try answer(body).text == expected, "\(what)")
  }

  @Test(arguments: [
    ("return wait(#contact.name)", "attempt to get length of nil"),
    ("return wait(2 ^ {})", "attempt to perform arithmetic on a table"),
  ])
  func `a wrong operand is named with its line`(body: String, message: String) throws {
    let fault = try answer(body).fault
    #expect(fault == Fault(.runtime, message, line: 2, code: .invalidOperand))
  }

  @Test func `powers are within one unit of the C library's, and exact where a power is`() throws {
    var numbers = SeededRandom(seed: 11)
    for _ in 0..<300 {
      let (a, b) = (numbers.unit() * 50, numbers.unit() * 40 - 20)
      let text = try answer("return wait(string.format('%a', \(a) ^ \(b)))").text
      let found = try #require(Double(text))
      #expect(abs(found - pow(a, b)) <= pow(a, b).ulp, "\(a) ^ \(b)")
    }
    for base in 2...9 {
      let text = try answer(
        "local p, r = 1, '' for n = 1, 16 do p = p * \(base) if \(base) ^ n ~= p then r = r .. n .. ' ' end end return wait('wrong: ' .. r)"
      ).text
      #expect(text == "wrong: ", "\(base)")
    }
  }

  @Test func `what pairs charges does not depend on the order in which keys came`() throws {
    var counts: Set<Int64> = []
    for step in [1, 2, 3, 11, 40] {
      // The same 40 keys inserted in another order are stored and visited in another order.
      let body = """
        local step, t = \(step), {}
        for i = 1, 40 do t['a long text key, number ' .. (10 + i * step % 41)] = i end
        for k in pairs(t) do end
        return wait('x')
        """
      counts.insert(try answer(body).instructions)
    }
    #expect(counts.count == 1, "\(counts)")
  }
}
