import Testing

@testable import LuaSandbox

/// The target of a verdict: the set, a member or a filter.
struct TargetTests {
  private func sandbox(_ body: String, head: String = "") throws -> Sandbox {
    let sandbox = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
    try sandbox.load(Array("\(head) return { run = function(row, set) \(body) end }".utf8))
    return sandbox
  }

  @Test(arguments: [
    ("return queue(set, 'x')", ScriptTarget.set), ("return queue({}, 'x')", .set),
    ("return queue({ except = 'nobody' }, 'x')", .set), ("return queue({ tag = nil }, 'x')", .set),
    ("return queue(set[2], 'x')", .member(1)), ("return queue('r3', 'x')", .member(2)),
    ("return queue(row.home, 'x')", .member(0)),
    ("return queue({ tag = 'third' }, 'x')", .filter(tag: "third", group: nil, except: nil)),
    ("return queue({ group = 'odd', except = set[1] }, 'x')", .filter(tag: nil, group: "odd", except: 0)),
    ("return queue({ tag = 'a', group = 'b', except = 'r2' }, 'x')", .filter(tag: "a", group: "b", except: 1)),
    ("return queue({ tag = '' }, 'x')", .filter(tag: "", group: nil, except: nil)),
    (
      "return queue({ tag = ('é'):rep(200) }, 'x')",
      .filter(tag: String(repeating: "é", count: 200), group: nil, except: nil)
    ),
    // The set and its rows as tables, for a script that walks over them.
    ("for _, r in ipairs(set) do if r.id == 'r2' then return queue(r, 'x') end end return queue(set, 'x')", .member(1)),
    ("for _, r in ipairs(set:open()) do local _ = r.id end return queue(set, 'x')", .set),
  ])
  func `a target is the set, a member or a filter`(body: String, target: ScriptTarget) throws {
    let sandbox = try sandbox(body)
    for _ in 1...3 {
      let answer = Toy.call(sandbox, rows: 3)
      guard case .verdict(2, _, nil, "x") = answer else {
        Issue.record("expected a verdict, found \(answer)")
        return
      }
      #expect(sandbox.target == target)
    }
  }

  @Test func `a filter may be created outside the hook, and be the only argument`() throws {
    let sandbox = try sandbox("return queue(OWN)", head: "local OWN = { tag = 'third' }")
    #expect(Toy.call(sandbox, rows: 3) == .verdict(2, member: nil, seconds: nil, reason: ""))
    #expect(sandbox.target == .filter(tag: "third", group: nil, except: nil))
  }

  @Test func `reason and seconds follow the target`() throws {
    let sandbox = try sandbox("return queue({ tag = 'x', group = 'y', except = set[1] }, 'why', 5)")
    #expect(Toy.call(sandbox, rows: 3) == .verdict(2, member: 0, seconds: 5, reason: "why"))
  }

  @Test func `each of several verdicts keeps its own target, and the next call starts anew`() throws {
    let sandbox = try sandbox(
      """
      local made = {}
      for i = 1, 15 do made[i] = queue({ tag = 't' .. i }, 'r' .. i) end
      if now == 1000 and row.name then return made[7] end
      """)
    #expect(Toy.call(sandbox, rows: 3) == .verdict(2, member: nil, seconds: nil, reason: "r7"))
    #expect(sandbox.target == .filter(tag: "t7", group: nil, except: nil))
    let plain = try self.sandbox("queue({ tag = 'x' }, 'x') return pass('y')")
    #expect(Toy.call(plain, rows: 3) == .verdict(0, member: nil, seconds: nil, reason: "y"))
    #expect(plain.target == nil)
  }

  private static let expected = "queue: expected a row, the set or a filter such as { tag = 'vip' }"

  @Test(arguments: [
    ("queue()", ScriptFault.Kind.verdict, "\(expected), found nil; write queue(set, 'why') to wait for any row"),
    ("queue(nil, 'x')", .verdict, "\(expected), found nil; write queue(set, 'why') to wait for any row"),
    ("queue(false, 'x')", .verdict, "\(expected), found a boolean"),
    ("queue(7, 'x')", .verdict, "\(expected), found a number"),
    ("queue(note, 'x')", .verdict, "\(expected), found a function"),
    ("queue(row, 'x')", .verdict, "\(expected), found item"),
    ("queue(pass('x'), 'x')", .verdict, "\(expected), found a verdict"),
    (
      "queue(set:open(), 'x')", .verdict, "\(expected), found a list; name one row, or write a filter that selects them"
    ),
    (
      "queue({ set[1] }, 'x')", .verdict, "\(expected), found a list; name one row, or write a filter that selects them"
    ),
    (
      "queue(set[1].tags, 'x')", .verdict,
      "\(expected), found a list; name one row, or write a filter that selects them"
    ),
    ("queue('set', 'x')", .member, "queue: 'set' is not a row of this set; write set without quotes"),
    ("queue('r9', 'x')", .member, "queue: 'r9' is not a row of this set; a tag is written { tag = 'r9' }"),
    (
      "queue({ tagg = 'x' }, 'x')", .runtime,
      "queue: unknown filter key 'tagg'; expected tag, group or except; did you mean tag?"
    ),
    ("queue({ tag = 5 }, 'x')", .runtime, "queue: tag: expected text, found a number"),
    (
      "queue({ tag = ('x'):rep(401) }, 'x')", .verdict,
      "queue: tag: expected at most 400 bytes of UTF-8 without control characters, found other text"
    ),
    (
      "queue({ group = 'a\\nb' }, 'x')", .verdict,
      "queue: group: expected at most 400 bytes of UTF-8 without control characters, found other text"
    ),
    (
      "queue({ tag = '\\255' }, 'x')", .verdict,
      "queue: tag: expected at most 400 bytes of UTF-8 without control characters, found other text"
    ),
    ("queue(set, {})", .verdict, "queue: expected a reason as text, found a table"),
    ("queue(set, 'x', 'y')", .verdict, "queue: expected seconds as a number, found text"),
    ("queue(set, 'x', 1001)", .verdict, "queue: expected 0 to 1000 seconds, found a larger number"),
    ("queue(set, 'x', -1)", .verdict, "queue: expected 0 to 1000 seconds, found a negative number"),
    (
      "for i = 1, 17 do queue({ tag = 'x' }, 'x') end", .verdict,
      "more than 16 verdicts in one call; return the first one that fits"
    ),
  ])
  func `anything else is a fault that says what to write`(call: String, kind: ScriptFault.Kind, message: String) throws
  {
    let sandbox = try sandbox("\(call) return pass('x')")
    guard case .fault(let fault) = Toy.call(sandbox, rows: 3) else {
      Issue.record("expected a fault")
      return
    }
    #expect(fault.kind == kind)
    #expect(fault.message == message)
    // The interpreter can be used again.
    guard case .fault = Toy.call(sandbox, rows: 3) else {
      Issue.record("expected the same fault")
      return
    }
  }

  @Test func `a caught fault leaves no verdict behind`() throws {
    let sandbox = try sandbox(
      """
      for i = 1, 40 do pcall(queue, nil, 'x') pcall(queue, { tag = 5 }, 'x') pcall(queue, { tag = 'ok' }, {}) end
      return queue({ tag = 'kept' }, 'kept')
      """)
    #expect(Toy.call(sandbox, rows: 3) == .verdict(2, member: nil, seconds: nil, reason: "kept"))
    #expect(sandbox.target == .filter(tag: "kept", group: nil, except: nil))
  }

  @Test func `a member of an earlier call is refused`() throws {
    let sandbox = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
    try sandbox.load(
      Array(
        "local kept return { run = function(row, set) if kept then return queue(kept, 'x') end kept = set[1] end }".utf8
      ))
    #expect(Toy.call(sandbox, rows: 3) == .none)
    // Nothing is kept between calls, so the second one is the same.
    #expect(Toy.call(sandbox, rows: 3) == .none)
  }

  @Test func `a budget or memory fault between verdicts ends the call`() throws {
    for (body, kind) in [
      ("queue({ tag = 'x' }, 'x') while true do end", ScriptFault.Kind.budget),
      ("queue({ tag = 'x' }, 'x') return queue({ tag = ('x'):rep(5000) }, 'x')", .memory),
      ("while true do pcall(queue, { tag = 'x' }, 'x') end", .budget),
    ] {
      guard case .fault(let fault) = Toy.call(try sandbox(body), rows: 3) else {
        Issue.record("expected a fault of \(body)")
        continue
      }
      #expect(fault.kind == kind, "\(body)")
    }
  }
}
