import LuaSandbox
import Routing
import Testing

@testable import Policies

/// Hostile or faulty scripts, each run as a hook, and in `Slow` as a chunk and within `pcall`: the result is the one in
/// the corpus, within the budget, and the next decision is that of a fresh policy.
struct HostileScriptTests {
  @Test func `the corpus holds a hundred different scripts and more`() {
    #expect(HostileCorpus.all.count >= 200)
    #expect(Set(HostileCorpus.all.map(\.name)).count == HostileCorpus.all.count)
    #expect(Set(HostileCorpus.all.map(\.body)).count == HostileCorpus.all.count)
  }

  /// One in four; `Slow` runs all.
  @Test(arguments: stride(from: 0, to: HostileCorpus.all.count, by: 4).map { HostileCorpus.all[$0] })
  func `as a hook`(hostile: HostileCase) throws { try HostileScriptTests.checkHook(hostile) }

  static func checkHook(_ hostile: HostileCase) throws {
    try check(HostileScript.hook(hostile.body), hostile.asHook, harmlessReason: "harmless")
  }

  static func check(_ source: String, _ expected: HostileCase.Outcome, harmlessReason: String) throws {
    let policy = try HostileScript.policy(source)
    let fresh = HostileScript.decision(of: try HostileScript.policy(source), "probe")
    #expect(fresh.fault == nil && fresh.reason == "probed", "\(fresh)")
    let first = HostileScript.decision(of: policy, "c1")
    #expect(first.instructions <= HostileScript.mostInstructions)
    switch expected {
    case .harmless:
      #expect(first.fault == nil, "\(first)")
      #expect(first.reason == harmlessReason)
    case .fault(let kinds):
      let fault = try #require(first.fault, "\(first)")
      #expect(kinds.contains(fault.kind), "\(fault)")
      // If memory is refused outside an instruction of the script, there is no line.
      #expect(fault.line != nil || fault.kind == .memory, "\(fault)")
      #expect(first.resolution.outcome == .wait)
      expectFit(fault)
    }
    #expect(HostileScript.decision(of: policy, "probe") == fresh)
    let again = HostileScript.decision(of: policy, "c1")
    // The deadline may occur elsewhere the second time, and so may a refusal of memory, because the interpreter is a
    // different one.
    if ![.timeout, .memory].contains(first.fault?.kind), again.fault?.kind != .timeout { #expect(again == first) }
    #expect(HostileScript.decision(of: policy, "probe") == fresh)
  }

  static func expectFit(_ fault: Fault) {
    #expect(!fault.message.isEmpty && fault.message.utf8.count <= 400)
    #expect(HostileScript.isFit(fault.message), "\(fault)")
  }
}

extension Slow {
  /// The same scripts in contact with other parts of the interpreter.
  struct HostileContextTests {
    @Test(arguments: HostileCorpus.all)
    func `as a hook`(hostile: HostileCase) throws { try HostileScriptTests.checkHook(hostile) }

    @Test(arguments: HostileCorpus.all)
    func `within pcall`(hostile: HostileCase) throws {
      try HostileScriptTests.check(
        HostileScript.caught(hostile.body), hostile.caught, harmlessReason: "after")
    }

    @Test(arguments: HostileCorpus.all)
    func `as a chunk`(hostile: HostileCase) throws {
      let source = HostileScript.chunk(hostile.body)
      let fresh = HostileScript.decision(of: try HostileScript.policy(HostileScript.chunk("")), "probe")
      do throws(Fault) {
        let policy = try HostileScript.policy(source)
        guard case .harmless = hostile.asChunk else {
          Issue.record("loaded, expected \(hostile.asChunk)")
          return
        }
        var probe = HostileScript.decision(of: policy, "probe")
        // The digests differ, because the sources do.
        probe.origin = fresh.origin
        #expect(probe == fresh)
      } catch {
        guard case .fault(let kinds) = hostile.asChunk else {
          Issue.record("\(error), expected to load")
          return
        }
        #expect(kinds.contains(error.kind), "\(error)")
        HostileScriptTests.expectFit(error)
      }
      #expect(HostileScript.decision(of: try HostileScript.policy(HostileScript.chunk("")), "probe") == fresh)
    }
  }
}
