import Delivery
import Foundation
import Operations
import Policies
import PolicyTesting
import Routing
import Sequencing
import Stores

/// What it takes to run cycles on a store: its lock, its leadership, the policies, the cycle and the sender.
final class StoreRunner {
  let store: any Store
  let epoch: LeaderEpoch
  let cycle: Cycle
  /// Nil when nothing is to be sent.
  let sender: Sender?
  /// Publishes the heartbeat, and keeps what is on hold from being sent.
  let process: any RunningProcess
  private let lock: any ProcessLock
  private var hasRecovered = false

  /// Takes over the store. `every`: milliseconds between two cycles; nil for one alone. `say` receives notices about changed
  /// files. Throws when another process runs on it.
  init(
    store options: StoreOptions, rules: RulesOptions, clock: any Clock, gateways: SendOptions?,
    suspendAfter: Int, isPinned: Bool = false, every: Int64? = nil, say: (String) -> Void = { Talk.say($0) },
    report: @escaping (Cycle.Event) -> Void
  ) throws {
    if let problem = EngineCheck.startProblem() {
      throw Problem(.engineUnusable, "policies cannot be run safely here: \(problem); see `usher doctor`")
    }
    let file = try options.file()
    // Before the store is opened, which may upgrade it: no process may be running on it by then.
    lock = try Stores.lock(file, waits: { Talk.say($0) })
    store = try options.openToWrite(isLocked: true, say: say)
    let process = try lock.start(on: store, every: every)
    self.process = process
    let (store, epoch) = (store, try store.becomeLeader(processID: getpid(), at: clock.now(), isPinned: isPinned))
    self.epoch = epoch
    cycle = Cycle(
      store: store,
      board: PolicyBoard(catalog: try rules.catalog(store: file), acceptance: StandardAcceptance(), isPinned: isPinned),
      epoch: epoch,
      stopwatch: stopwatch, suspendAfter: suspendAfter, report: report)
    sender = try gateways.map {
      Sender(
        store: store, gateways: try $0.gateways(store: file, clock: clock, say: say), epoch: epoch, clock: clock,
        gate: process)
    }
  }

  deinit { process.close() }

  /// One cycle, and the sending after it.
  func run(at now: Instant) async throws -> CycleReport {
    if let problem = process.lockProblem() { throw StoreError.lockLost(problem) }
    process.cycleBegan()
    var report = try cycle.run(at: now)
    process.cycleEnded()
    guard let sender else { return report }
    if !hasRecovered {
      report.add(try await sender.recover())
      hasRecovered = true
    }
    report.add(try await sender.run())
    return report
  }
}
