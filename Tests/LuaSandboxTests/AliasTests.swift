import Testing

@testable import LuaSandbox

/// A field that scripts may also read by an earlier name.
struct AliasTests {
  private func answer(_ body: String) throws -> ScriptAnswer {
    let sandbox = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
    try sandbox.load(Array("return { run = function(row, set) return pass(\(body)) end }".utf8))
    let set = Toy.set(3)
    for row in 0..<3 { set.set(row, Toy.row.index(of: "size"), Int64(row + 7)) }
    let subject = RowTable(schema: Toy.item, count: 1)
    return sandbox.call(hook: 0, subject: subject, row: 0, set: set, now: 0, seed: 1)
  }

  private func reason(_ body: String) throws -> String? {
    if case .verdict(_, _, _, let reason) = try answer(body) { reason } else { nil }
  }

  @Test func `it reads the same value, also in a loop over all rows`() throws {
    #expect(try reason("set[1].size .. ' ' .. set[1].bulk") == "7 7")
    let loop = "(function() local s = 0 for _, r in ipairs(set) do s = s + r.bulk * r.size end return s end)() .. ''"
    #expect(try reason(loop) == "194")
  }

  @Test func `no message suggests it`() throws {
    guard case .fault(let fault) = try answer("set[1].bulkk") else { return #expect(Bool(false), "expected a fault") }
    #expect(fault.message == "a row has no field 'bulkk'")
  }

  @Test func `a trace has the field by its present name`() throws {
    let trace = ScriptTrace(rows: 3)
    let sandbox = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
    try sandbox.load(Array("return { run = function(row, set) return pass(set[2].bulk .. '') end }".utf8))
    let set = Toy.set(3)
    set.set(1, Toy.row.index(of: "size"), Int64(9))
    let subject = RowTable(schema: Toy.item, count: 1)
    sandbox.trace = trace
    _ = sandbox.call(hook: 0, subject: subject, row: 0, set: set, now: 0, seed: 1)
    #expect(trace.reads(subject: Toy.item, set: Toy.row).contains(.field(.member(1), "size", .text("9"))))
  }

  @Test func `its field is found by either name`() {
    #expect(Toy.row.field(named: "bulk")?.name == "size" && Toy.row.field(named: "size")?.name == "size")
    #expect(Toy.row.field(named: "bulky") == nil)
  }
}
