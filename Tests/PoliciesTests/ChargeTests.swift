import Foundation
import LuaSandbox
import Routing
import Testing

@testable import Policies

/// Compares the table of `Docs/Policies/charges.md` with the actual charges, and with the functions available to scripts.
struct ChargeTests {
  /// One row of the page: `call(arguments)` costs `units`.
  struct Row: CustomTestStringConvertible, Sendable {
    let call: String
    let arguments: String
    let units: String
    var testDescription: String { "\(call)(\(arguments)): \(units)" }
  }

  static let rows: [Row] = {
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../Docs/Policies/charges.md")
    guard let text = try? String(contentsOf: page, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard cells.count == 6, cells[1].hasPrefix("`") else { return nil }
      let code = cells[1...3].map { $0.trimmingCharacters(in: ["`"]) }
      return Row(call: code[0], arguments: code[1], units: code[2])
    }
  }()

  @Test func `every function available to scripts is on the page`() throws {
    let sandbox = try Sandbox(
      vocabulary: PolicyVocabulary.script, limits: SandboxLimits(), scriptName: "charges")
    let reachable = sandbox.environment.filter { $0.hasSuffix(" function") }.map { String($0.dropLast(9)) }
    let listed = Set(ChargeTests.rows.map(\.call))
    #expect(reachable.count > 50)
    // The functions that operators compile to are listed on the page as operators.
    let operators = ["__length": "function(x) return #x end", "__power": "function(x) return x ^ 0.5 end"]
    for name in reachable {
      let name = operators[name] ?? (name.hasPrefix("''.") ? "string." + name.dropFirst(3) : name)
      #expect(listed.contains(name), "\(name) has no row in Docs/Policies/charges.md")
    }
    for query in PolicyVocabulary.script.queries.map(\.name) {
      #expect(listed.contains("fleet.\(query)"), "\(query) has no row in Docs/Policies/charges.md")
    }
  }

  @Test(arguments: rows)
  func `a call costs what the page says`(row: Row) throws {
    // Small enough that no text is charged as an allocation, which is a separate charge.
    let (small, large) = (try ChargeTests.measure(row, 16), try ChargeTests.measure(row, 96))
    for (n, measured) in [(Int64(16), small), (96, large)] {
      let stated = ChargeTests.evaluate(row.units, n)
      #expect(measured >= stated, "n = \(n): \(measured) units, less than on the page")
      #expect(measured <= stated + stated / 4 + 2, "n = \(n): \(measured) units, more than on the page")
    }
    let growth = ChargeTests.evaluate(row.units, 96) - ChargeTests.evaluate(row.units, 16)
    #expect(large - small >= growth, "80 more cost \(large - small)")
  }

  /// The value of a sum of products: `2 + 3 n / 4 + 4 n log`.
  static func evaluate(_ formula: String, _ n: Int64) -> Int64 {
    formula.components(separatedBy: " + ").map { term in
      let parts = term.components(separatedBy: " / ")
      let product = parts[0].split(separator: " ").map { factor -> Int64 in
        switch factor {
        case "n": n
        case "log": Int64(Int64.bitWidth - (n - 1).leadingZeroBitCount)
        default: Int64(factor)!
        }
      }.reduce(1, *)
      return parts.count > 1 ? product / Int64(parts[1])! : product
    }.reduce(0, +)
  }

  /// The cost of one call beyond the instructions that make it, with `n` devices, tags and attributes.
  private static func measure(_ row: Row, _ n: Int) throws -> Int64 {
    let fleet = Fleet(
      tenant: TenantID("acme")!, now: Instant(milliseconds: 1_000_000),
      members: (1...n).map {
        .init(device: Device(key: .init(Int64($0)), id: DeviceID("D\($0)")!), load: DeviceLoad())
      })
    let contact = Contact(
      id: ContactID("c1")!, tags: (1...n).map { "t\($0)" },
      attributes: (1...n).map { Parameter("a\($0)", .integer(Int64($0))) })
    let raises = row.call == "error"
    func instructions(calls: Int) throws -> (Int64, Fault?) {
      let source = """
        local function run(f, calls, ...) for i = 1, calls do f(...) end end
        return { select = function(contact, fleet)
          local n, nobody = \(n), { tag = 'none' }
          local function text(n) return ('x'):rep(n) end
          local function list(n) local t = {} for i = 1, n do t[i] = i end return t end
          run(\(raises ? "pcall" : row.call), \(calls), \(raises ? "error, " : "")\(row.arguments))
          return wait('done', 60)
        end }
        """
      let policy = try CompiledPolicy(
        file: "charges", source: Array(source.utf8), limits: SandboxLimits(cpuMilliseconds: 60_000))
      let decision = Evaluator(policies: [policy], fleet: fleet).decide(contact, seed: 1)
      return (decision.instructions, decision.fault)
    }
    let (without, with) = (try instructions(calls: 0), try instructions(calls: 1))
    #expect(without.1 == nil, "\(without.1!)")
    #expect(with.1 == nil, "\(with.1!)")
    // Function, arguments, call and loop; two for a function that the row writes out; a pcall that catches.
    let own: Int64 = 4 + (row.call.hasPrefix("function") ? 2 : 0) + (raises ? 60 : 0)
    return with.0 - without.0 - own
  }
}
