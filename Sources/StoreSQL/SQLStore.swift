import Routing
import Synchronization

/// A store over an SQL engine. The engine provides connections and transactions; this protocol implements most of the
/// store contracts on top of them, once for all engines.
///
/// An engine adds what depends on it: opening, the process lock, deciding and sending, archives.
package protocol SQLStore: Store {
  associatedtype Connection: SQLConnection

  /// Names the program in the leader's row (I-15).
  var build: String { get }

  /// The UTC offsets of time zones.
  var zones: ZoneDatabase { get }

  /// The sends of this process as the leader; nil inside while it is not.
  var windows: SharedWindows { get }

  /// The process that runs on the store; nil if there is none or it is unknown.
  var runningProcess: Int32? { get }

  /// Integrity checks that each engine implements in its own way.
  var referenceCheck: IntegrityCheck { get }
  var fileCheck: IntegrityCheck { get }

  /// A number that changes when anyone else writes to the database, as seen by this connection.
  func changeToken(_ connection: Connection) throws -> Int64

  /// Reads from one consistent snapshot. Must not be nested.
  func reading<Result>(_ body: (Connection) throws -> Result) throws -> Result

  /// Runs a write in a transaction of its own, or as a part of the one that this thread is in. `isOfSends` means that
  /// it may write sends of devices. `afterwards` runs after the commit and before the next write.
  func writing<Result>(
    isOfSends: Bool, afterwards: ((Result) -> Void)?, _ body: (Connection) throws -> Result
  ) throws -> Result

  /// Runs a write of the leader in a transaction of its own, or as a part of the one that this thread is in. Throws
  /// `StoreError.leadershipLost` before `body` if `epoch` is not the current one (I-18).
  func write<Result>(
    under epoch: LeaderEpoch, isOfSends: Bool, afterwards: ((Result) -> Void)?, _ body: (Connection) throws -> Result
  ) throws -> Result

  /// The reads of the snapshot that `connection` shows.
  func snapshot(_ connection: Connection) -> any StoreHistory
}

extension SQLStore {
  /// Without work after the commit.
  package func writing<Result>(
    isOfSends: Bool = true, _ body: (Connection) throws -> Result
  ) throws -> Result {
    try writing(isOfSends: isOfSends, afterwards: nil, body)
  }

  /// Without work after the commit.
  package func write<Result>(
    under epoch: LeaderEpoch, isOfSends: Bool = true, _ body: (Connection) throws -> Result
  ) throws -> Result {
    try write(under: epoch, isOfSends: isOfSends, afterwards: nil, body)
  }
}

/// The leader's windows, shared by reads and writes.
package final class SharedWindows: Sendable {
  private let windows = Mutex<SendWindows?>(nil)

  /// Starts with nil: this process does not lead.
  package init() {}

  /// Holds the lock during `body`, which should be short.
  package func withLock<Result: Sendable>(_ body: (inout sending SendWindows?) throws -> sending Result) rethrows
    -> Result
  {
    try windows.withLock(body)
  }
}
