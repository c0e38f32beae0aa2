import Testing

@testable import LuaSandbox

/// The operations of a sandbox, each with all its features in use.
enum AllocationScene {
  /// The outcome of an operation.
  struct Outcome: Equatable {
    var fault: ScriptFault?
    /// The results, as text.
    var result: [String] = []
  }

  struct Operation: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// Creates the state before the operation, while memory is available; nil when the operation creates its own
    /// interpreter.
    let prepare: @Sendable () throws -> Sandbox?
    let run: @Sendable (Sandbox?) -> Outcome
    /// Whether the operation can be repeated on the same interpreter.
    var isRepeatable = false
    /// Whether the interpreter remains usable after a failure.
    var survives = false
  }

  static let operations = [
    Operation(testDescription: "making an interpreter", prepare: { nil }, run: make),
    Operation(testDescription: "loading a script", prepare: fresh, run: load),
    Operation(testDescription: "reading a file of data", prepare: fresh, run: loadData),
    Operation(
      testDescription: "setting parameters", prepare: loaded, run: setParameters, isRepeatable: true, survives: true),
    Operation(testDescription: "calling a hook", prepare: loaded, run: call, isRepeatable: true),
    Operation(testDescription: "walking over a set", prepare: loadedWalk, run: walk, isRepeatable: true),
    Operation(testDescription: "calling a hook with a trace", prepare: loaded, run: callTraced, isRepeatable: true),
  ]

  // MARK: - Steps

  private static let spent = ScriptFault(
    kind: .memory, message: "refused", line: nil, isSpent: true, code: "memory_cap")

  @Sendable private static func fresh() throws -> Sandbox {
    try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(cpuMilliseconds: 60_000), scriptName: "toy")
  }

  @Sendable private static func loaded() throws -> Sandbox {
    let sandbox = try fresh()
    try sandbox.load(Array(script.utf8))
    try sandbox.setParameters(sandbox.parameters)
    return sandbox
  }

  /// The results of the body, or the fault that it throws.
  private static func outcome(_ body: () throws -> [String]) -> Outcome {
    do { return Outcome(fault: nil, result: try body()) } catch {
      // An error that is not a fault can only be caused by missing memory.
      return Outcome(fault: error as? ScriptFault ?? spent)
    }
  }

  @Sendable private static func make(_: Sandbox?) -> Outcome {
    outcome { try fresh().environment }
  }

  @Sendable private static func load(_ sandbox: Sandbox?) -> Outcome {
    outcome {
      try sandbox!.load(Array(script.utf8))
      return ["\(sandbox!.instructions) instructions"] + sandbox!.parameters.map { "\($0)" }
    }
  }

  @Sendable private static func loadData(_ sandbox: Sandbox?) -> Outcome {
    outcome { [String(decoding: try sandbox!.loadData(Array(data.utf8)), as: UTF8.self)] }
  }

  @Sendable private static func openProbes(_ sandbox: Sandbox?) -> Outcome {
    outcome {
      try sandbox!.open(ScriptProbes(count: 2))
      return []
    }
  }

  @Sendable private static func setParameters(_ sandbox: Sandbox?) -> Outcome {
    outcome {
      try sandbox!.setParameters((0..<40).map { ("name \($0)", RowScalar.text("value \($0)")) })
      return []
    }
  }

  @Sendable private static func call(_ sandbox: Sandbox?) -> Outcome { call(sandbox!, then: { [] }) }

  private static func call(_ sandbox: Sandbox, then more: () -> [String]) -> Outcome {
    let subject = RowTable(schema: Toy.item, count: 1)
    subject.set(0, Toy.item.index(of: "name"), "subject")
    subject.set(0, Toy.item.index(of: "home"), member: 7)
    subject.set(0, Toy.item.index(of: "facts"), map: [("city", .text("KL")), ("score", .integer(7))])
    let answer = sandbox.call(hook: 0, subject: subject, row: 0, set: rows.table, now: 1000, seed: 1)
    if case .fault(let fault) = answer { return Outcome(fault: fault) }
    return withExtendedLifetime(subject) {
      Outcome(result: ["\(answer)"] + sandbox.notes + ["\(sandbox.instructions) instructions"] + more())
    }
  }

  @Sendable private static func callTraced(_ sandbox: Sandbox?) -> Outcome {
    let trace = ScriptTrace(rows: rows.table.count)
    sandbox!.trace = trace
    defer { sandbox!.trace = nil }
    return call(sandbox!) { ["called: \(trace.wasCalled)", "cut: \(trace.isCut)"] }
  }

  @Sendable private static func loadedWalk() throws -> Sandbox {
    let sandbox = try fresh()
    try sandbox.load(Array(walkScript.utf8))
    return sandbox
  }

  /// Twice over one set, with a changed row in between, and once over another set.
  @Sendable private static func walk(_ sandbox: Sandbox?) -> Outcome {
    var result: [String] = []
    let first = Toy.set(12)
    for (round, set) in [first, first, Toy.set(5)].enumerated() {
      if round == 1 { set.setOrder(3, major: 3, minor: 0, isEligible: false) }
      let answer = sandbox!.call(
        hook: 0, subject: RowTable(schema: Toy.item, count: 1), row: 0, set: set, now: 1000, seed: 1)
      if case .fault(let fault) = answer { return Outcome(fault: fault) }
      result += ["\(answer)"] + sandbox!.notes + ["\(sandbox!.instructions) instructions"]
    }
    return Outcome(result: result)
  }

  /// All calls share it and only read it.
  private struct Rows: @unchecked Sendable {
    let table: RowTable

    /// The order puts the least rows far apart, so that the search for candidates holds hundreds of nodes at once.
    init() {
      table = RowTable(schema: Toy.row, count: 4096, isOrdered: true)
      for place in 0..<table.count {
        table.setHead(place, id: "r\(place)", group: place % 2 == 0 ? "even" : "odd", tags: ["t\(place % 3)"])
        table.set(place, Toy.row.index(of: "id"), "r\(place)")
        table.set(place, Toy.row.index(of: "tags"), list: ["t\(place % 3)", "all"])
        table.setOrderUnbuilt(place, major: Double(place % 8), minor: Int64(place / 8), isEligible: true)
      }
      table.buildOrder()
    }
  }

  private static let rows = Rows()

  // MARK: - Scripts

  private static let walkScript = """
    return { run = function(item, set)
      local sum, text = 0, ''
      for place, row in ipairs(set:open()) do
        sum = sum + row.share + place
        if row.open then sum = sum + 1 end
        text = text .. row.id .. tostring(row.size) .. ' and what is more'
      end
      local sorted = set:open()
      table.sort(sorted, function(a, b) return a.id > b.id end)
      note(sorted[1].id .. #set .. set[2].id .. tostring(set) .. text)
      table.insert(sorted, { 'a list may be changed' })
      return pick(set[3], 'sum ' .. sum)
    end }
    """

  private static let script = """
    local words, count = { 'a', 'b', deep = { 'c' } }, 0
    local function ids(list) local t = {} for i = 1, 3 do t[i] = list[i].id end return table.concat(t, ' ') end
    return {
      name = 'toy', description = 'All that a script can do.',
      params = { n = 3, f = 0.5, s = 'text', b = true },
      run = function(item, set)
        count = count + 1
        note(item.name .. item.home.id .. item.facts.city .. item.facts.score .. tostring(item) .. now .. #set)
        note(set[1].id .. set:get('r9').tags[1] .. tostring(set:get('nobody')) .. set:least().id .. set:first().id)
        note(set:least({ tag = 't1', group = 'odd', except = 'r1' }).id .. set:hash(item.name, { tag = 't2' }).id)
        note(ids(set:candidates(600)) .. ids(set:open({ tag = 't0' })) .. set:first({ except = set[1] }).id)
        note(string.format('%5.2f %d %s %q', 0.5, 7, 'x', 'y\\n') .. ('ab'):rep(3, '-'):upper():reverse():lower())
        note(('abc'):sub(2) .. ('abc'):byte() .. string.char(65, 66) .. tostring(glob('abc', 'a*')) .. #'abc')
        local t = split('c,a,b', ',')
        table.insert(t, 'd') table.sort(t) table.remove(t, 1) table.move(t, 1, 2, 2)
        table.sort(t, function(x, y) return x > y end)
        note(table.concat(t, ';') .. select('#', table.unpack(table.pack(1, 2, 3))) .. tostring(tonumber('0x10')))
        note(tostring(starts_with('abc', 'a')) .. tostring(ends_with('abc', 'b')) .. tostring(contains(set[1].tags, 'all')))
        for key, value in pairs({ z = 1, [1] = 2, [true] = 3 }) do note(tostring(key) .. value) end
        for key, value in pairs(words) do note(tostring(key) .. tostring(value)) end
        note(math.max(1, 2) .. math.sqrt(2) .. random(9) .. params.s .. params.n)
        note(select(2, pcall(error, 'thrown', 0)) .. select(2, pcall(set.least, set, { foo = 1 })))
        note(select(2, pcall(function() return item.nmae end)) .. select(2, pcall(function() return strnig end)))
        pcall(function() words.x = 1 end) pcall(function() set[1].id = 1 end) pcall(pick, {}) pcall(pass, 'x', -1)
        pcall(queue, { tag = 't1', group = 'odd', except = 'r1' }, 'filter') pcall(queue, {1}) pcall(queue, set, 'set', 5)
        local many = {} for i = 1, 300 do many[i] = { 'row ' .. i } end
        return pass('done ' .. count .. #many, 10)
      end,
    }
    """

  private static let data = """
    local cases = {}
    for i = 1, 40 do cases[i] = { name = 'case ' .. i, ok = i % 2 == 0, n = i / 4, list = { 1, 2, 'x\\n"' }, none = {} } end
    return { policy = 'toy', cases = cases }
    """
}
