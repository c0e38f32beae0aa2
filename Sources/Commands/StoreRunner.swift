import Delivery
import Foundation
import Persistence
import Policies
import Routing
import Sequencing

/// What it takes to run cycles on a store: its lock, its leadership, the policies, the cycle and the sender.
final class StoreRunner {
  let store: SQLiteStore
  let epoch: LeaderEpoch
  let cycle: Cycle
  /// Nil when nothing is to be sent.
  let sender: Sender?
  /// Keeps what is on hold from being sent.
  let holds: HoldWatch
  let heartbeat: Heartbeat
  private let lock: HeldLock
  private var hasRecovered = false

  /// The lock, held for as long as the runner lives.
  private final class HeldLock {
    let lock: StoreLock
    init(path: String) throws { lock = try StoreLock.acquire(path: path, waits: { Talk.say($0) }) }
  }

  /// Takes over the store. `every`: milliseconds between two cycles; nil for one alone. `say` receives notices about changed
  /// files. Throws when another process runs on it.
  init(
    store options: StoreOptions, rules: RulesOptions, clock: any Clock, gateways: SendOptions?,
    suspendAfter: Int, isPinned: Bool = false, every: Int64? = nil, say: (String) -> Void = { Talk.say($0) },
    report: @escaping (Cycle.Event) -> Void
  ) throws {
    if let problem = EngineCheck.startProblem() {
      throw Problem("policies cannot be run safely here: \(problem); see `usher doctor`")
    }
    let file = try options.file()
    // Before the store is opened, which may upgrade it: no process may be running on it by then.
    lock = try HeldLock(path: file)
    store = try options.openToWrite(isLocked: true, say: say)
    heartbeat = try Heartbeat(path: file, every: every, lock: lock.lock.identity)
    let holds = try HoldWatch(store, heartbeat: heartbeat)
    self.holds = holds
    let (store, epoch) = (store, try store.becomeLeader(processID: getpid(), at: clock.now(), isPinned: isPinned))
    self.epoch = epoch
    cycle = Cycle(
      store: store, board: PolicyBoard(catalog: try rules.catalog(store: file), isPinned: isPinned), epoch: epoch,
      stopwatch: stopwatch, suspendAfter: suspendAfter, report: report)
    sender = try gateways.map {
      Sender(
        store: store, gateways: try $0.gateways(store: file, clock: clock, say: say), epoch: epoch, clock: clock,
        gate: holds)
    }
  }

  deinit { holds.close() }

  /// One cycle, and the sending after it.
  func run(at now: Instant) async throws -> CycleReport {
    if let problem = heartbeat.lockProblem() { throw StoreError.lockLost(problem) }
    heartbeat.cycleBegan()
    var report = try cycle.run(at: now)
    heartbeat.cycleEnded()
    guard let sender else { return report }
    if !hasRecovered {
      report.add(try await sender.recover())
      hasRecovered = true
    }
    report.add(try await sender.run())
    return report
  }
}
