import Files
import Foundation
import Routing
import Stores

/// What a check of a store's health looks at, read once. What cannot be read is nil.
package struct HealthFacts {
  /// When it was read, on the clock of heartbeats.
  package var now: HeartbeatTime
  /// Why the store cannot be read; nil when it can.
  package var storeProblem: String?
  /// The process that holds the store's lock.
  package var running: LockHolder?
  /// Why it cannot be told whether a process holds it; nil when it can.
  package var lockProblem: String?
  /// What the process that runs, or ran last, said of its cycles.
  package var beat: Beat?
  /// The holds in force; of a store that cannot be read those that its hold file states.
  package var holds: [SendingHold]?
  /// The policies of every tenant.
  package var policies: [PolicyStatus]?
  /// Guards that were refused or are suspended for a tenant, and why.
  package var guards: [GuardTrouble]?
  /// Bytes that this user can still write to the store's file system.
  package var freeBytes: Int64?
  /// Of SQLite's log beside the store; 0 without one.
  package var logBytes: Int64?

  /// How long to wait for a store that another program locks; seconds.
  package static let busyTimeout = 2.0

  /// Looks at the store at `path`. Writes nothing, and waits at most a few seconds. `now`: see `Stores.heartbeatTime`.
  /// `freeBytes` returns the free space of a folder's file system, or nil.
  package init(
    path: String, now: HeartbeatTime, busyTimeout: Double = HealthFacts.busyTimeout,
    freeBytes: (String) -> Int64? = FreeSpace.bytes(in:)
  ) {
    self.now = now
    switch Stores.lockStatus(of: path) {
    case .free: break
    case .held(let holder): running = holder
    case .unknown(let reason): lockProblem = reason
    }
    beat = Stores.heartbeat(of: path)
    do {
      let store = try Stores.openToLook(path, busyTimeout: busyTimeout)
      policies = try store.policyStatuses()
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

  /// Of nothing that was looked at: every check is unknown. For tests.
  package init(now: HeartbeatTime) { self.now = now }
}
