import Foundation
import LuaSandbox
import Routing
import Testing

@testable import Policies

extension Slow {
  /// An interpreter's earlier decisions have no effect on the next one, even when memory is short.
  struct HistoryTests {
    /// Keeps `contact.step` texts and drops as many; at some number the memory cap is reached.
    private static let hoarder = """
      return { select = function(contact, fleet)
        local kept = {}
        for i = 1, contact.step do
          kept[i] = { 'kept text ' .. i .. ' of ' .. contact.id }
          local dropped = { i, 'dropped ' .. i .. contact.id }
        end
        return wait('kept ' .. #kept, 60)
      end }
      """

    private func policy() throws -> CompiledPolicy {
      // Long enough for a busy machine: memory must run out first.
      try CompiledPolicy(
        file: "hoarder", source: Array(Self.hoarder.utf8), limits: SandboxLimits(cpuMilliseconds: 60_000))
    }

    private func decide(_ policy: CompiledPolicy, keeping count: Int, of id: String) -> Decision {
      let fleet = Fleet(tenant: TenantID("acme")!, now: Instant(milliseconds: 0), members: [])
      return Evaluator(policies: [policy], fleet: fleet).decide(Contact(id: ContactID(id)!, step: count), seed: 1)
    }

    @Test func `near the memory cap a used interpreter answers like a fresh one`() throws {
      var random = SeededRandom(seed: 9)
      let used = try policy()
      var (faults, answers) = (0, 0)
      for round in 0..<50 {
        // Earlier decisions: small and large, with different names.
        for before in 0..<3 {
          _ = decide(used, keeping: Int.random(in: 1...9000, using: &random), of: "before-\(round)-\(before)")
        }
        let count = Int.random(in: 18_000...34_000, using: &random)
        let found = decide(used, keeping: count, of: "c\(round)")
        #expect(found == decide(try policy(), keeping: count, of: "c\(round)"), "\(count) kept")
        if found.fault == nil { answers += 1 } else { faults += 1 }
        if let fault = found.fault { #expect(fault.kind == .memory) }
      }
      #expect(faults > 10 && answers > 10, "\(faults) faults, \(answers) answers")
    }

    @Test func `a decision that uses its whole budget is not late on busy cores`() throws {
      let stop = StopFlag()
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount * 3 {
        Thread.detachNewThread {
          while !stop.isSet { for i in 0..<100_000 where Double(i).squareRoot() < 0 { return } }
        }
      }
      defer { stop.isSet = true }
      let source =
        "return { select = function(c) local s = 0 for i = 1, 240000 do s = s + i % 7 end return wait('sum ' .. s, 60) end }"
      let busy = try CompiledPolicy(file: "busy", source: Array(source.utf8))
      for round in 0..<40 {
        let decision = decide(busy, keeping: 1, of: "c\(round)")
        #expect(decision.fault == nil && decision.instructions > 700_000, "\(decision)")
      }
    }

    private final class StopFlag: @unchecked Sendable { nonisolated(unsafe) var isSet = false }
  }
}
