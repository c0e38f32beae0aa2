import Testing
import Wire

extension Slow {
  /// `usher bench`: each measure is printed with its target, and the two sides agree. Speed is not tested.
  struct BenchCommandTests {
    private static let keys = [
      "measure", "policy", "condition", "devices", "batch", "baseline", "usher", "unit", "ratio", "target", "met",
    ]

    private static func bench(_ arguments: [String]) throws -> [JSONValue] {
      let sizes = ["--contacts", "300", "--tenants", "3", "--reloads", "5", "--rounds", "1", "--format", "json"]
      let outcome = try UsherProcess.run(["bench"] + arguments + sizes)
      #expect(outcome.code == 0, "\(outcome)")
      return try outcome.json().items
    }

    @Test func `each measure has its lines, with a target and whether it was met`() throws {
      let lines = try Self.bench(["--devices", "4,20"])
      #expect(lines.allSatisfy { $0.keys == Self.keys })
      func count(_ measure: String) -> Int { lines.count { $0["measure"].text == measure } }
      let counts = [
        "tenants": 3, "cycle": 8, "start": 1, "tools": 8, "memory": 2, "decision": 20, "growth": 10, "scoring": 6,
        "allocations": 30, "reloads": 2, "shadow": 2, "waitlist": 3,
      ]
      for (measure, expected) in counts { #expect(count(measure) == expected, "\(measure)") }
      #expect(lines.count == counts.values.reduce(0, +))
      #expect(lines.allSatisfy { ($0["target"] == .null) == ($0["met"] == .null) })
      let targeted = Set(lines.filter { $0["target"] != .null }.compactMap { $0["measure"].text })
      #expect(targeted == Set(counts.keys))
      #expect(lines.allSatisfy { $0["usher"] != .null && ($0["ratio"] == .null || $0["baseline"] != .null) })
      // Swift's own count depends on compiler options; the interpreter's does not.
      let lua = lines.filter { $0["measure"].text == "allocations" && $0["unit"].text == "Lua blocks" }
      #expect(lua.count == 10)
      #expect(lua.allSatisfy { $0["met"] == true }, "\(lua.filter { $0["met"] != true })")
    }

    @Test func `only the selected measures run`() throws {
      let lines = try Self.bench(["--devices", "4", "--only", "allocations,scoring"])
      #expect(Set(lines.compactMap { $0["measure"].text }) == ["scoring", "allocations", "memory"])
    }

    @Test(arguments: [
      ["--only", "decision,nothing"], ["--tenants", "0"], ["--reloads", "0"], ["--rounds", "0"], ["--contacts", "0"],
      ["--devices", "a"],
    ])
    func `numbers out of range are rejected`(arguments: [String]) throws {
      #expect(try UsherProcess.run(["bench"] + arguments).code == 64)
    }
  }
}
