import Files
internal import GRDB
import Routing
import StoreSQL

/// A store in one SQLite file: the rows, their history and the queue.
///
/// Safe to use from several threads: reads run concurrently with a write, and writes run one at a time.
package final class SQLiteStore: SQLStore, Sendable {
  /// The file's path as it was given.
  package let path: String
  /// The mode in which it was opened; a read-only store refuses every write.
  package let mode: StoreMode
  /// Names the program in the leader's row (I-15).
  package let build: String
  let pool: DatabasePool
  /// Translates its statements; SQLite's own except in tests.
  let dialect: any SQLDialect
  let writer = WriterState()
  /// The sends of this process as the leader; nil inside while it is not.
  package let windows = SharedWindows()
  let shared = SharedReads()
  /// This machine's zones; offsets are cached across reads.
  package let zones = ZoneDatabase()
  let holdFile: HoldFile
  /// The identity of the opened file.
  private let file: FileStatus.Identity?
  /// Other changes made on opening, for the person who runs the program: an upgrade, files closed to other users.
  package let notices: [String]

  init(
    path: String, mode: StoreMode, build: String, pool: DatabasePool, notices: [String] = [],
    dialect: any SQLDialect = SQLiteDialect()
  ) {
    (self.path, self.mode, self.build, self.pool, self.notices) = (path, mode, build, pool, notices)
    self.dialect = dialect
    holdFile = HoldFile(of: path)
    file = FileStatus(path)?.identity
  }

  /// Reports that the store's path now has another file than the opened one, or none; nil while it is the same.
  ///
  /// SQLite continues with a file that has lost its name, but no one else ever sees what is written there.
  package var lossOfFile: StoreError? {
    guard let now = FileStatus(path)?.identity else {
      return .unusable("the store \(path) was deleted or moved away: put it back, then start again")
    }
    guard now != file else { return nil }
    return .unusable("the store \(path) was replaced by another file: start again")
  }
}

extension SQLiteStore {
  /// Checks the lock; needs no connection.
  package var runningProcess: Int32? { StoreLock.holder(path: path) }

  /// SQLite's `data_version`: unchanged by this connection's own writes.
  package func changeToken(_ connection: SQLiteConnection) throws -> Int64 {
    try connection.value("PRAGMA data_version") ?? 0
  }

  /// Reads the token of the writer's connection, outside a transaction; see `CycleStore`.
  package func changesByOthers() throws -> Int64 {
    try pool.unsafeReentrantWrite { db in try changeToken(SQLiteConnection(db, dialect: dialect)) }
  }

  /// Lists every dangling foreign key. Walks over all rows.
  package var referenceCheck: IntegrityCheck {
    .references(
      sql: """
        SELECT 'row ' || coalesce(rowid, '?') || ' of ' || "table" || ' refers to a row of ' || parent
          || ' that does not exist' AS violation
        FROM pragma_foreign_key_check
        """)
  }

  /// Reads every page. Takes as long as reading the file.
  package var fileCheck: IntegrityCheck {
    .files(
      promise: "SQLite finds no error in the file.",
      sql: "SELECT quick_check AS violation FROM pragma_quick_check WHERE quick_check <> 'ok'")
  }
}

// MARK: - Reads and writes

extension SQLiteStore {
  /// Reads from one consistent snapshot, whatever is being written meanwhile. Must not be nested.
  ///
  /// Sends and failures of devices may come from an earlier read at the same time.
  package func read<Result>(_ body: (any StoreSnapshot) throws -> Result) throws -> Result {
    try reading { db in
      try body(SQLiteSnapshot(db, leaderWindows: windows.withLock { $0 }, zones: zones, shared: shared))
    }
  }

  /// As `read`, with more than a cycle needs.
  package func readHistory<Result>(_ body: (any StoreHistory) throws -> Result) throws -> Result {
    try reading { db in try body(snapshot(db)) }
  }

  /// Sees the current sends of the leader, if this process is the leader.
  package func snapshot(_ connection: SQLiteConnection) -> any StoreHistory {
    SQLiteSnapshot(connection, leaderWindows: windows.withLock { $0 }, zones: zones)
  }

  /// As `read`, for code outside the protocols: reports and operators' lookups.
  package func reading<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
    try StoreError.translating(path: path) { try pool.read { db in try body(SQLiteConnection(db, dialect: dialect)) } }
  }

  /// Runs several writes of the leader in one transaction; see `CycleStore`.
  package func together<Result>(epoch: LeaderEpoch, _ body: () throws -> Result) throws -> Result {
    try write(under: epoch, isOfSends: false) { _ in try body() }
  }

  /// Runs a write of the leader in a transaction of its own, or as a part of the one that this thread is in. Throws
  /// `StoreError.leadershipLost` before `body` if `epoch` is not the current one (I-18).
  package func write<Result>(
    under epoch: LeaderEpoch, isOfSends: Bool, afterwards: ((Result) -> Void)?,
    _ body: (SQLiteConnection) throws -> Result
  ) throws -> Result {
    try writing(isOfSends: isOfSends, afterwards: afterwards) { db in
      let current: Int64? = try db.value(CycleSQL.epoch)
      guard current == epoch.raw else {
        // Another process sends now, so this process's windows are no longer complete.
        windows.withLock { $0 = nil }
        throw StoreError.leadershipLost
      }
      return try body(db)
    }
  }

  /// Runs a write in a transaction of its own, or as a part of the one that this thread is in. `isOfSends` means that
  /// it may write sends of devices. `afterwards` runs after the commit and before the next write.
  package func writing<Result>(
    isOfSends: Bool, afterwards: ((Result) -> Void)?, _ body: (SQLiteConnection) throws -> Result
  ) throws -> Result {
    try StoreError.translating(path: path) {
      try pool.unsafeReentrantWrite { db in
        // Other threads wait until the writer's transaction has ended, so an open one was begun by this thread.
        if db.isInsideTransaction { return try part(db, afterwards, body) }
        var result: Result?
        writer.begin()
        try db.inTransaction(.immediate) {
          result = try part(db, afterwards, body)
          return .commit
        }
        guard let result else { preconditionFailure("a committed transaction has a result") }
        writer.committed()
        if isOfSends { shared.forget() }
        return result
      }
    }
  }

  /// For several transactions of the caller on the writer's connection.
  func writingWithoutTransaction<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
    try StoreError.translating(path: path) {
      try pool.writeWithoutTransaction { db in try body(SQLiteConnection(db, dialect: dialect)) }
    }
  }

  private func part<Result>(
    _ db: Database, _ afterwards: ((Result) -> Void)?, _ body: (SQLiteConnection) throws -> Result
  ) throws -> Result {
    let result = try body(SQLiteConnection(db, dialect: dialect))
    if let afterwards { writer.afterCommit { afterwards(result) } }
    return result
  }
}
