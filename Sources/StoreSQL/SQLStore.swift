import Routing
import Synchronization

/// A store over an SQL engine. The engine provides connections and transactions; what the contracts ask for follows from
/// them here, once for all engines.
///
/// An engine adds what depends on it: opening, the lock of the process, deciding and sending, archives.
package protocol SQLStore: Store {
  associatedtype Connection: SQLConnection

  /// Names the program in the leader's row (I-15).
  var build: String { get }

  /// Where clocks on the wall stand.
  var zones: ZoneDatabase { get }

  /// What this process has sent as the leader; nil as long as it is not.
  var windows: SharedWindows { get }

  /// The process that runs on the store; nil when none does, or it cannot be told.
  var runningProcess: Int32? { get }

  /// The checks of integrity that engines make each in its own way.
  var referenceCheck: IntegrityCheck { get }
  var fileCheck: IntegrityCheck { get }

  /// A number that is another one once somebody else has written to the database, as this connection sees it.
  func changeToken(_ connection: Connection) throws -> Int64

  /// Reads from one consistent snapshot. Must not be nested.
  func reading<Result>(_ body: (Connection) throws -> Result) throws -> Result

  /// One transaction of anybody, or a part of the one that this thread is in. `isOfSends`: it may write what devices have
  /// sent. `afterwards` runs after the commit and before the next write.
  func writing<Result>(
    isOfSends: Bool, afterwards: ((Result) -> Void)?, _ body: (Connection) throws -> Result
  ) throws -> Result

  /// One transaction of the leader, or a part of the one that this thread is in. Throws `StoreError.leadershipLost`
  /// before `body` when `epoch` is not the current one (I-18).
  func write<Result>(
    under epoch: LeaderEpoch, isOfSends: Bool, afterwards: ((Result) -> Void)?, _ body: (Connection) throws -> Result
  ) throws -> Result

  /// The reads of the moment that `connection` shows.
  func snapshot(_ connection: Connection) -> any StoreHistory
}

extension SQLStore {
  /// Writes with nothing to run after the commit.
  package func writing<Result>(
    isOfSends: Bool = true, _ body: (Connection) throws -> Result
  ) throws -> Result {
    try writing(isOfSends: isOfSends, afterwards: nil, body)
  }

  /// Writes as the leader, with nothing to run after the commit.
  package func write<Result>(
    under epoch: LeaderEpoch, isOfSends: Bool = true, _ body: (Connection) throws -> Result
  ) throws -> Result {
    try write(under: epoch, isOfSends: isOfSends, afterwards: nil, body)
  }
}

/// The windows of the leader, which reads and writes share.
package final class SharedWindows: Sendable {
  private let windows = Mutex<SendWindows?>(nil)

  /// Nil inside: this process does not lead.
  package init() {}

  /// Holds the lock during `body`: keep it short.
  package func withLock<Result: Sendable>(_ body: (inout sending SendWindows?) throws -> sending Result) rethrows
    -> Result
  {
    try windows.withLock(body)
  }
}
