import Routing
import StoreSQL
import StoreSQLite

extension Stores {
  /// Takes the right to run on the store for this process, once no other process upgrades it; calls `waits` if it has
  /// to wait for that. Call it before opening the store for writing, which may upgrade it.
  ///
  /// Throws `StoreError.unusable` if another process runs on the store, naming it, and for a file that is not a store
  /// this program can run on; then it makes no lock file.
  package static func lock(_ address: String, waits: (String) -> Void) throws -> any ProcessLock {
    let file = try path(of: address)
    return FileLock(path: file, lock: try StoreLock.acquire(path: file, waits: waits))
  }

  /// Whether a process runs on the store. Never waits, and works while the store is locked.
  package static func lockStatus(of address: String) -> LockStatus { StoreLock.status(path: file(address)) }

  /// The last heartbeat of a process on the store; nil if there is none. Works while the store is locked.
  package static func heartbeat(of address: String) -> Beat? { Heartbeat.last(path: file(address)) }

  /// The current time, on the clock of heartbeats.
  package static func heartbeatTime() -> HeartbeatTime { .now() }

  // MARK: - Holds

  /// Stops sending: puts the hold into the hold file, which a sender sees even while the store is locked, records it in
  /// the store, and waits up to `waitMilliseconds` for the running process to acknowledge it.
  ///
  /// A scope that is already on hold keeps its hold. Throws `StoreError` if the hold can be written nowhere, and for a
  /// file that is not a store; `OperatorError.unknown` for an unknown tenant.
  package static func stopSending(
    _ address: String, _ hold: SendingHold, waitMilliseconds: Int64, clock: any Clock
  ) throws -> StopOutcome {
    try SendingStop(store: path(of: address), waitMilliseconds: waitMilliseconds, clock: clock).run(hold)
  }

  /// The holds in the hold file next to the store, which are in force even without a row; one of kind `unreadable` if
  /// the file cannot be read. Costs one file lookup without such a file.
  package static func statedHolds(of address: String) -> [SendingHold] { HoldFile(of: file(address)).holds() }

  /// The path of the hold file, which need not exist.
  package static func holdFile(of address: String) -> String { HoldFile(of: file(address)).path }

  /// An invalid address is used as a path, at which there is nothing.
  private static func file(_ address: String) -> String { (try? path(of: address)) ?? address }
}

/// The lock of a store in a file, held while the object lives.
private final class FileLock: ProcessLock {
  private let path: String
  private let lock: StoreLock

  init(path: String, lock: consuming StoreLock) {
    self.path = path
    self.lock = lock
  }

  func start(on store: any Store, every: Int64?) throws -> any RunningProcess {
    guard let store = store as? SQLiteStore else {
      preconditionFailure("a process runs on a store of the engine whose lock it holds")
    }
    let heartbeat = try Heartbeat(path: path, every: every, lock: lock.identity)
    return FileProcess(heartbeat, try HoldWatch(store, heartbeat: heartbeat))
  }
}

/// A process whose heartbeat is in the lock file of its store.
private final class FileProcess: RunningProcess {
  private let heartbeat: Heartbeat
  private let watch: HoldWatch

  init(_ heartbeat: Heartbeat, _ watch: HoldWatch) { (self.heartbeat, self.watch) = (heartbeat, watch) }

  func cycleBegan() { heartbeat.cycleBegan() }
  func cycleEnded() { heartbeat.cycleEnded() }
  func refresh() throws -> [SendingHold] { try watch.refresh() }
  func lockProblem() -> String? { watch.lockProblem() }
  func admit(_ message: Message) -> SendingHold? { watch.admit(message) }
  func finished(_ message: Message) { watch.finished(message) }
  func release(of hold: SendingHold) -> HoldRelease? { watch.release(of: hold) }
  func takeNotices() -> [String] { watch.takeNotices() }
  func close() { watch.close() }
}
