import Testing

@testable import LuaSandbox

/// A trace reports what a call read and queried, and does not change the answer.
struct TraceTests {
  /// The answer of a hook with this body, and what it read.
  private func traced(_ body: String, rows: Int = 6) throws -> (
    answer: ScriptAnswer, reads: [ScriptRead], isCut: Bool
  ) {
    let sandbox = try loaded(body)
    let trace = ScriptTrace(rows: rows)
    sandbox.trace = trace
    let (subject, set) = (subject(), Toy.set(rows))
    let answer = sandbox.call(hook: 0, subject: subject, row: 0, set: set, now: 1000, seed: 1)
    // The trace reads the strings of rows in place.
    return withExtendedLifetime((subject, set)) {
      (answer, trace.reads(subject: Toy.item, set: Toy.row), trace.isCut)
    }
  }

  private func loaded(_ body: String) throws -> Sandbox {
    let sandbox = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
    try sandbox.load(Array("return { run = function(item, set) \(body) end }".utf8))
    return sandbox
  }

  private func subject() -> RowTable {
    let subject = RowTable(schema: Toy.item, count: 1)
    subject.set(0, Toy.item.index(of: "name"), "subject")
    subject.set(0, Toy.item.index(of: "home"), member: 2)
    subject.set(0, Toy.item.index(of: "facts"), map: [("city", .text("KL")), ("score", .number(0.5))])
    return subject
  }

  private func query(_ reads: [ScriptRead]) throws -> ScriptQuery {
    guard case .query(let query)? = reads.last else {
      Issue.record("expected a query last, found \(reads)")
      throw ScriptFault(kind: .runtime, message: "no query", line: nil, isSpent: false, code: nil)
    }
    return query
  }

  @Test func `fields are traced once, with the values read, in order`() throws {
    let (_, reads, isCut) = try traced(
      """
      local x = item.name .. item.name .. tostring(item.home.open) .. tostring(item.home.size)
      if set[1].id == 'r1' and #set > 2 and item.facts.city == 'KL' and item.facts.none == nil then x = set[9] end
      return pass('x')
      """)
    #expect(
      reads == [
        .field(.subject, "name", .text("subject")), .field(.subject, "home", .member(2)),
        .field(.member(2), "open", .text("false")), .field(.member(2), "size", .none),
        .place(1, member: 0), .field(.member(0), "id", .text("r1")), .count(6),
        .field(.subject, "facts", .text("city=KL, score=0.5")), .entry(.subject, "facts.city", .text("KL")),
        .entry(.subject, "facts.none", .none), .place(9, member: nil),
      ])
    #expect(!isCut)
  }

  @Test func `a query is traced with its filter, the members found and the members excluded`() throws {
    let least = try query(traced("set:least({ tag = 'third', group = 'odd', except = 'r1' })").reads)
    #expect(least.kind == .least && least.tag == "third" && least.group == "odd" && least.except == 0)
    #expect(least.found == [3])
    #expect(
      least.missed == [
        .init(member: 0, by: .except), .init(member: 1, by: .tag), .init(member: 2, by: .group),
        .init(member: 4, by: .group), .init(member: 5, by: .tag),
      ])
  }

  @Test(arguments: [
    ("set:least()", ScriptVocabulary.Query.least, [0]), ("set:first({ except = set[1] })", .first, [1]),
    ("set:open()", .eligible, [0, 1, 2, 3, 4, 5]), ("set:candidates(2, { group = 'odd' })", .candidates, [1, 3]),
    ("set:get('r5')", .get, [4]), ("set:get('nobody')", .get, []), ("set:least({ tag = 'none' })", .least, []),
  ])
  func `each query is traced with its results`(body: String, kind: ScriptVocabulary.Query, found: [Int]) throws {
    let read = try query(traced(body).reads)
    #expect(read.kind == kind)
    #expect(read.found == found)
  }

  @Test func `the arguments of queries are traced`() throws {
    #expect(try query(traced("set:get('r5')").reads).argument == "r5")
    #expect(try query(traced("set:hash('key')").reads).argument == "key")
    #expect(try query(traced("set:hash('key')").reads).found.count == 1)
    #expect(try query(traced("set:candidates(3)").reads).wanted == 3)
  }

  @Test func `entries that do not fit are dropped, and the trace reports it`() throws {
    let (answer, reads, isCut) = try traced(
      "for i = 1, 5000 do local x = set[1] end set:open() return pass(set:least().id)")
    #expect(answer == .verdict(0, member: nil, seconds: nil, reason: "r1"))
    #expect(reads.count == ScriptTrace.entryMax)
    #expect(reads.allSatisfy { $0 == .place(1, member: 0) })
    #expect(isCut)
    let (_, many, isTextCut) = try traced("local s = ('k'):rep(4000) for i = 1, 40 do set:get(s) end")
    #expect(many.count == 40 && isTextCut)
  }

  @Test func `each call starts a new trace, and nothing is recorded without one`() throws {
    let sandbox = try loaded("return pass(item.name)")
    let trace = ScriptTrace(rows: 3)
    #expect(!trace.wasCalled)
    let (subject, set) = (subject(), Toy.set(3))
    func call() { _ = sandbox.call(hook: 0, subject: subject, row: 0, set: set, now: 1000, seed: 1) }
    sandbox.trace = trace
    call()
    call()
    #expect(trace.wasCalled)
    #expect(trace.reads(subject: Toy.item, set: Toy.row) == [.field(.subject, "name", .text("subject"))])
    sandbox.trace = nil
    call()
    #expect(trace.reads(subject: Toy.item, set: Toy.row).count == 1)
  }
}
