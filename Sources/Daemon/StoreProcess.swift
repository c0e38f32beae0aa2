import Operations
import Policies
import Routing
import Stores

/// This process as the one that runs on a store: it holds the lock, the open store and the leadership until the object is
/// released.
final class StoreProcess: Sendable {
  let store: any Store
  /// Publishes the heartbeat, and prevents held messages from being sent.
  let running: any RunningProcess
  let epoch: LeaderEpoch
  /// The path of the store's file.
  let path: String
  /// Held until this object is released; nothing uses it.
  private nonisolated(unsafe) let lock: any ProcessLock

  /// Takes over the store. `every`: the time between two cycles, nil for a process that runs one. `notify` receives a sentence for
  /// each additional action: a wait, an upgrade, file modes.
  ///
  /// Throws `Problem` if policies cannot run safely, and `StoreError` if another process runs on the store or it cannot be opened.
  /// Then nothing stays locked.
  init(_ options: ServiceOptions, every: Duration?, notify: (String) -> Void) throws {
    if let problem = EngineCheck.startProblem() {
      throw Problem(.engineUnusable, "policies cannot be run safely here: \(problem); see `usher doctor`")
    }
    path = try Stores.path(of: options.store)
    // Before the store is opened, which may upgrade it: no other process may be running on it then.
    lock = try Stores.lock(path, waits: notify)
    let store = try OpenStore(path, as: options.actor, isLocked: true).run(
      at: options.machineTime, notify: notify, waits: notify)
    let running = try lock.start(on: store, every: every?.milliseconds)
    do {
      epoch = try store.becomeLeader(
        processID: options.processID, at: options.clock.now(), isPinned: options.isPinned)
      if !options.isTimeGiven { try StoreProcess.compareClock(options, with: store, epoch: epoch) }
    } catch {
      running.close()
      throw error
    }
    (self.store, self.running) = (store, running)
  }

  /// Holds sending if times on record are ahead of the clock. A clock that is ahead of the record is no sign of a
  /// problem: no process ran meanwhile.
  private static func compareClock(_ options: ServiceOptions, with store: any Store, epoch: LeaderEpoch) throws {
    let now = options.clock.now()
    guard let newest = try store.newestAhead(of: now) else { return }
    _ = try store.holdForClock(
      reason: ClockHold.reason(newest: newest, now: now), actor: options.actor, at: now, epoch: epoch)
  }

  // Stops watching for holds before the store is closed.
  deinit { running.close() }
}

extension Duration {
  fileprivate var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
