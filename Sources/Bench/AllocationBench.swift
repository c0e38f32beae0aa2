import CBaseline
import Policies
import Routing

/// Counts the heap allocations of decisions in a steady state, by allocator.
package struct AllocationBench {
  private static let devices = 100
  private static let seed: UInt64 = 1

  /// No options: the figures do not depend on rounds.
  package init() {}

  /// Reports nothing if the machine's loader does not allow counting.
  package func run(report: (AllocationResult) -> Void) throws {
    guard baseline_heap_watch() else { return }
    defer { baseline_heap_unwatch() }
    try expectCounted()
    for condition in FleetCondition.allCases {
      for policy in DecisionBench.policies { report(try measure(policy, condition)) }
    }
  }

  /// Verifies that known allocations are counted, because a broken counter would report zero.
  private func expectCounted() throws {
    baseline_heap_start()
    let policy = Result { try CompiledPolicy(file: "counted", source: ScoringForm.available.source) }
    let heap = baseline_heap_stop()
    _ = try policy.get()
    guard heap.allocations > 0, heap.reallocations > 0, heap.bytes > 0 else {
      throw BenchFailure(
        "expected an interpreter to allocate memory, found \(heap.allocations) Swift blocks, "
          + "\(heap.reallocations) Lua blocks and \(heap.bytes) bytes; allocations cannot be counted on this machine")
    }
  }

  private func measure(_ name: String, _ condition: FleetCondition) throws -> AllocationResult {
    let entry = try PolicyCatalog(rules: nil).entry(named: name)
    let policy = try CompiledPolicy(file: entry.name, source: entry.source)
    var scene = DecisionScene(devices: AllocationBench.devices, condition, seed: AllocationBench.seed)
    scene.shuffle()
    let evaluator = Evaluator(policies: [policy], fleet: scene.fleet)
    var checksum: UInt64 = 0
    let count = scene.contacts.count
    // The first decisions create objects that later ones reuse.
    _ = DecisionBench.decide(scene.contacts, count, evaluator, checksum: &checksum)
    baseline_heap_start()
    _ = DecisionBench.decide(scene.contacts, count, evaluator, checksum: &checksum)
    let heap = baseline_heap_stop()
    let share = { (number: UInt64) in Double(number) / Double(count) }
    return AllocationResult(
      policy: name, condition: condition, devices: AllocationBench.devices, swift: share(heap.allocations),
      lua: share(heap.reallocations), bytes: share(heap.bytes))
  }
}

/// The heap allocations of one decision, averaged over many.
package struct AllocationResult: Sendable {
  /// The shipped policy that decided.
  package let policy: String
  /// Which devices could send.
  package let condition: FleetCondition
  /// Devices of the fleet.
  package let devices: Int
  /// Blocks that Swift allocated.
  package let swift: Double
  /// Blocks that the interpreter allocated or grew: tables, strings and objects that the collector keeps.
  package let lua: Double
  /// Bytes requested by both.
  package let bytes: Double
}
