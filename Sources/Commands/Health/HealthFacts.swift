import Files
import Foundation
import Operations
import Routing
import Stores

/// What `usher health` looks at, read once. What cannot be read is nil.
struct HealthFacts {
  var now: HeartbeatTime
  /// Why the store cannot be read; nil when it can.
  var storeProblem: String?
  /// The process that holds the store's lock.
  var running: LockHolder?
  /// Why it cannot be told whether a process holds it; nil when it can.
  var lockProblem: String?
  var beat: Beat?
  var holds: [SendingHold]?
  var policies: [PolicyStanding]?
  /// Guards that were refused or are suspended for a tenant, and why.
  var guards: [GuardTrouble]?
  /// Bytes that this user can still write to the store's file system.
  var freeBytes: Int64?
  /// Of SQLite's log beside the store; 0 without one.
  var logBytes: Int64?

  /// How long a store that another program locks is waited for; seconds.
  static let busyTimeout = 2.0

  /// Looks at the store at `path`. Writes nothing, and waits at most a few seconds. `freeBytes`: of a folder's disk.
  init(
    path: String, now: HeartbeatTime = Stores.heartbeatTime(), busyTimeout: Double = HealthFacts.busyTimeout,
    freeBytes: (String) -> Int64? = FreeSpace.bytes(in:)
  ) {
    self.now = now
    switch Stores.lockStanding(of: path) {
    case .free: break
    case .held(let holder): running = holder
    case .unknown(let reason): lockProblem = reason
    }
    beat = Stores.heartbeat(of: path)
    do {
      let store = try Stores.openToLook(path, busyTimeout: busyTimeout)
      policies = try store.policyStandings()
      guards = try store.guardTroubles()
      holds = try store.holds()
    } catch {
      storeProblem = usherError(error)?.message ?? "\(error)"
      let stated = Stores.statedHolds(of: path)
      if !stated.isEmpty { holds = stated }
    }
    let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
    self.freeBytes = freeBytes(folder)
    var status = stat()
    let log = URL(fileURLWithPath: path).resolvingSymlinksInPath().path + "-wal"
    logBytes = stat(log, &status) == 0 ? Int64(status.st_size) : errno == ENOENT ? 0 : nil
  }

  /// For tests.
  init(now: HeartbeatTime) { self.now = now }
}
