import Files
import Foundation
import Routing
import Stores

/// The data that a check of a store's health reads, once. Whatever cannot be read is nil.
package struct HealthFacts {
  /// When it was read, on the clock of heartbeats.
  package var now: HeartbeatTime
  /// Why the store cannot be read; nil if it can.
  package var storeProblem: String?
  /// The process that holds the store's lock.
  package var running: LockHolder?
  /// Why it is unknown whether a process holds the lock; nil if it is known.
  package var lockProblem: String?
  /// The heartbeat of the process that runs, or ran last.
  package var beat: Beat?
  /// The holds in force; if the store cannot be read, those in its hold file.
  package var holds: [SendingHold]?
  /// The policies of every tenant.
  package var policies: [PolicyStatus]?
  /// Guards that were refused or are suspended for a tenant, and why.
  package var guards: [GuardTrouble]?
  /// Bytes that this user can still write to the store's file system.
  package var freeBytes: Int64?
  /// The size of SQLite's log next to the store; 0 without one.
  package var logBytes: Int64?

  /// How long to wait for a store that another program locks; seconds.
  package static let busyTimeout = 2.0

  /// Reads the store at `path`. Writes nothing, and waits at most a few seconds. `now`: see `Stores.heartbeatTime`.
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

  /// Without any data: every check is unknown. For tests.
  package init(now: HeartbeatTime) { self.now = now }
}
