import Delivery
import Routing
import Sequencing

/// One cycle on a store, and the sending after it. The store is locked from `buildTick` until the object goes.
package struct Tick {
  let process: StoreProcess
  let cycle: Cycle
  /// Nil if nothing is to be sent.
  let sender: Sender?

  /// The store, to be read afterwards.
  package var store: any Store { process.store }

  /// Runs the cycle, clears up after an earlier process, and sends. Call it once. `report` receives the cycle's events. Throws
  /// `StoreError`.
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

  /// Problems with the hold file and the heartbeat that came up meanwhile, each once.
  package func takeNotices() -> [String] { process.running.takeNotices() }
}
