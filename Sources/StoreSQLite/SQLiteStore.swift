import Files
internal import GRDB
import Routing
import StoreSQL

/// A store in one SQLite file: the rows, their history and the queue.
///
/// Safe to use from several threads: reads run beside a write, writes run one at a time.
package final class SQLiteStore: SQLStore, Sendable {
  /// The file's path as it was given.
  package let path: String
  /// How it was opened; a read-only store refuses every write.
  package let mode: StoreMode
  /// Names the program in the leader's row (I-15).
  package let build: String
  let pool: DatabasePool
  /// How its statements are spelt; SQLite's own outside of tests.
  let dialect: any SQLDialect
  let writer = WriterState()
  /// What this process has sent as the leader; nil as long as it is not.
  package let windows = SharedWindows()
  let shared = SharedReads()
  /// This machine's zones; offsets are remembered across reads.
  package let zones = ZoneDatabase()
  let holdFile: HoldFile
  /// The file that was opened.
  private let file: FileStatus.Identity?
  /// What opening it changed besides, for the person who runs the program: an upgrade, files closed to others.
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

  /// That another file than the one that was opened is at the store's path, or none; nil as long as it is the same one.
  ///
  /// SQLite goes on with a file that has lost its name, and nobody else ever sees what is written there.
  package var lossOfFile: StoreError? {
    guard let now = FileStatus(path)?.identity else {
      return .unusable("the store \(path) was deleted or moved away: put it back, then start again")
    }
    guard now != file else { return nil }
    return .unusable("the store \(path) was replaced by another file: start again")
  }
}

extension SQLiteStore {
  /// By a look at the lock; needs no connection.
  package var runningProcess: Int32? { StoreLock.holder(path: path) }

  /// SQLite's `data_version`: unchanged by this connection's own writes.
  package func changeToken(_ connection: SQLiteConnection) throws -> Int64 {
    try connection.value("PRAGMA data_version") ?? 0
  }

  /// Lists every foreign key that leads nowhere. A walk over all rows.
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
      promise: "SQLite finds no fault in the file.",
      sql: "SELECT quick_check AS violation FROM pragma_quick_check WHERE quick_check <> 'ok'")
  }
}

// MARK: - The two ways in

extension SQLiteStore {
  /// Reads from one consistent snapshot, whatever is being written meanwhile. Must not be nested.
  ///
  /// What devices have sent, and how often they failed, may be of an earlier read of the same moment.
  package func read<Result>(_ body: (any StoreSnapshot) throws -> Result) throws -> Result {
    try reading { db in
      try body(SQLiteSnapshot(db, leaderWindows: windows.withLock { $0 }, zones: zones, shared: shared))
    }
  }

  /// The same, with what a cycle does not need.
  package func readHistory<Result>(_ body: (any StoreHistory) throws -> Result) throws -> Result {
    try reading { db in try body(snapshot(db)) }
  }

  /// Sees what the leader has sent as of now, if this process is the leader.
  package func snapshot(_ connection: SQLiteConnection) -> any StoreHistory {
    SQLiteSnapshot(connection, leaderWindows: windows.withLock { $0 }, zones: zones)
  }

  /// The same for what is not in the protocols: reports and operators' look-ups.
  package func reading<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
    try StoreError.translating(path: path) { try pool.read { db in try body(SQLiteConnection(db, dialect: dialect)) } }
  }

  /// Several writes of the leader in one transaction; see `CycleStore`.
  package func together<Result>(epoch: LeaderEpoch, _ body: () throws -> Result) throws -> Result {
    try write(under: epoch, isOfSends: false) { _ in try body() }
  }

  /// One transaction of the leader, or a part of the one that this thread is in. Throws `StoreError.leadershipLost`
  /// before `body` when `epoch` is not the current one (I-18).
  package func write<Result>(
    under epoch: LeaderEpoch, isOfSends: Bool, afterwards: ((Result) -> Void)?,
    _ body: (SQLiteConnection) throws -> Result
  ) throws -> Result {
    try writing(isOfSends: isOfSends, afterwards: afterwards) { db in
      let current: Int64? = try db.value(CycleSQL.epoch)
      guard current == epoch.raw else {
        // Another process sends now, and this one no longer knows what.
        windows.withLock { $0 = nil }
        throw StoreError.leadershipLost
      }
      return try body(db)
    }
  }

  /// One transaction of anybody, or a part of the one that this thread is in. `isOfSends`: it may write what devices have
  /// sent. `afterwards` runs after the commit and before the next write.
  package func writing<Result>(
    isOfSends: Bool, afterwards: ((Result) -> Void)?, _ body: (SQLiteConnection) throws -> Result
  ) throws -> Result {
    try StoreError.translating(path: path) {
      try pool.unsafeReentrantWrite { db in
        // Others wait for the writer until its transaction has ended: whoever meets one here has begun it.
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

  /// Many transactions of the caller's own on the writer's connection.
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
