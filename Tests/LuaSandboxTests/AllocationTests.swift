import CLuaSandbox
import Testing

@testable import LuaSandbox

extension Slow {
  /// Each allocation of each operation fails once: the result is a named fault or the answer of an undisturbed run,
  /// nothing leaks, and the next interpreter is not affected.
  @Suite(.enabled(if: sandbox_fail_allocations(0, 0), "only debug builds can simulate failed allocations"))
  struct AllocationTests {
    /// Which allocations fail.
    struct Failing: CustomTestStringConvertible, Sendable {
      let many: UInt64
      let testDescription: String
      /// Lua collects its garbage after a refusal and tries again: it survives a single failure, but not two.
      static let all = [
        Failing(many: 1, testDescription: "once"), Failing(many: 2, testDescription: "twice"),
        Failing(many: .max, testDescription: "from then on"),
      ]
    }

    @Test(arguments: AllocationScene.operations, Failing.all)
    func `a failed allocation is a named fault or has no effect`(
      operation: AllocationScene.Operation, failing: Failing
    ) throws {
      let expected = operation.run(try operation.prepare())
      try #require(expected.fault == nil, "\(expected)")
      var outcomes: [Bool: Int] = [:]
      for after in 0..<UInt64.max {
        let heldBefore = sandbox_held_blocks()
        let (outcome, failed) = try oneTrial(operation, after: after, many: failing.many)
        #expect(sandbox_held_blocks() == heldBefore, "leaked, after \(after)")
        if let fault = outcome.fault {
          #expect(failed > 0, "\(fault), after \(after)")
          #expect(fault.kind == .memory && !fault.message.isEmpty && fault.isSpent, "\(fault), after \(after)")
        } else {
          #expect(outcome == expected, "after \(after)")
        }
        if failed == 0 { break }
        outcomes[outcome.fault == nil, default: 0] += 1
      }
      // The sweep reached allocations, and some of those that fail permanently are necessary.
      #expect(!outcomes.isEmpty)
      if failing.many > 1 { #expect(outcomes[false, default: 0] > 0, "\(outcomes)") }
    }

    @Test func `the names that a script can reach are listed without an allocation`() throws {
      let sandbox = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
      _ = sandbox_fail_allocations(0, .max)
      let environment = sandbox.environment
      let failed = sandbox_failed_allocations()
      _ = sandbox_fail_allocations(0, 0)
      #expect(environment.joined(separator: "\n") == EnvironmentTests.golden)
      #expect(failed == 0)
    }

    private func oneTrial(
      _ operation: AllocationScene.Operation, after: UInt64, many: UInt64
    ) throws -> (AllocationScene.Outcome, failed: UInt64) {
      let sandbox = try operation.prepare()
      _ = sandbox_fail_allocations(after, many)
      let outcome = operation.run(sandbox)
      let failed = sandbox_failed_allocations()
      _ = sandbox_fail_allocations(0, 0)
      // With memory available again, the operation still fails or, if the interpreter survives, succeeds.
      let again = operation.run(try operation.isRepeatable ? sandbox : operation.prepare())
      if operation.isRepeatable, let fault = outcome.fault, !operation.survives {
        #expect(again.fault?.kind == .memory && fault.isSpent, "\(again), after \(after)")
      } else {
        #expect(again.fault == nil, "\(again), after \(after)")
      }
      return (outcome, failed)
    }
  }
}
