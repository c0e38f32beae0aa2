import Delivery
import Routing
import Sequencing

/// One cycle on a store, and the sending after it. The store is locked from `buildTick` until the object is released.
package struct Tick {
  let process: StoreProcess
  let cycle: Cycle
  /// Nil if nothing is sent.
  let sender: Sender?

  /// The store, for reading afterwards.
  package var store: any Store { process.store }

  /// Runs the cycle, recovers messages of an earlier process, and sends. Call it once. `report` receives the cycle's events.
  /// Throws `StoreError`.
  package func run(
    at now: Instant, report: @escaping (Cycle.Event) -> Void
  ) async throws -> CycleReport {
    if let problem = process.running.lockProblem() { throw StoreError.lockLost(problem) }
    process.running.cycleBegan()
    var counts = try cycle.run(at: now, report: report)
    process.running.cycleEnded()
    guard let sender else { return counts }
    counts.add(try await sender.recover())
    counts.add(try await sender.run())
    return counts
  }

  /// Problems with the hold file and the heartbeat that occurred meanwhile, each once.
  package func takeNotices() -> [String] { process.running.takeNotices() }
}
