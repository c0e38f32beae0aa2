import Files
internal import GRDB
import Routing
import StoreSQL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SQLiteStore {
  /// How long a statement waits for another program's lock, in seconds.
  static let busyTimeoutSeconds = 10.0
  /// The log grows to 64 MB before a commit has to move it into the file, which keeps the commits of a busy cycle
  /// short.
  package static let checkpointPages = 16_000

  /// Makes a new store with the newest schema and no rows. The path must not exist.
  ///
  /// Only its owner may read and write it; with `isGroupReadable` its group may read it too. Throws
  /// `StoreError.unusable`; then nothing is left behind.
  package static func create(
    at path: String, build: String = "usher", isGroupReadable: Bool = false
  ) throws -> SQLiteStore {
    try create(at: path, build: build, migrations: .all, mode: isGroupReadable ? 0o640 : 0o600)
  }

  /// Opens a store. For writing, upgrades an older schema and keeps a copy from before (`MigrationCopy`).
  ///
  /// Does not upgrade a store on which another process runs; `isLocked` means that this process holds its `StoreLock`.
  /// Waits for an upgrade by another process as long as it takes, and calls `waits` when the wait begins. `note` names
  /// who opens it, for the audit of an upgrade. `notices` lists what else was done. Throws `StoreError.unusable`, which
  /// says what was expected, what was found and what to do. Costs a few page reads for each table, whatever the store's
  /// size, and for writing one read of its folder. A damaged page deep inside the file is found when it is first read.
  package static func open(
    at path: String, mode: StoreMode, build: String = "usher", isLocked: Bool = false,
    upgradingBy note: OperatorNote? = nil, waits: (String) -> Void = { _ in }
  ) throws -> SQLiteStore {
    try open(
      at: path, mode: mode, build: build, migrations: .all, isLocked: isLocked, upgrade: StoreUpgrade(note: note),
      waits: waits)
  }

  /// Throws as `open` does for a file that is not a store, or that this program cannot write. Changes nothing.
  static func check(at path: String) throws {
    try StoreFile(path: path).check(for: .readWrite)
    let found = try identity(of: path, busyTimeout: busyTimeoutSeconds)
    try found.check(path: path, mode: .readWrite, migrations: .all)
  }

  /// Opens a store for reading. Waits at most `busyTimeout` seconds for other programs' locks, and makes no files next
  /// to a store that no process has open.
  package static func openToLook(at path: String, busyTimeout: Double) throws -> SQLiteStore {
    try open(at: path, mode: .readOnly, migrations: .all, busyTimeout: busyTimeout, leavesNothing: true)
  }

  static func create(
    at path: String, build: String = "usher", migrations: Migrations, mode: mode_t = 0o600, use: OutputUse = .store,
    dialect: any SQLDialect = SQLiteDialect()
  ) throws -> SQLiteStore {
    try SQLiteCapability.check()
    let file = StoreFile(path: path)
    try file.checkName(for: use)
    try file.checkLeftovers()
    try file.create(mode: mode)
    do {
      return try StoreError.translating(path: path) {
        let pool = try writingPool(path, busyTimeout: busyTimeoutSeconds)
        try migrations.run(on: pool)
        return SQLiteStore(path: path, mode: .readWrite, build: build, pool: pool, dialect: dialect)
      }
    } catch {
      file.discard()
      throw error
    }
  }

  /// `busyTimeout` limits the wait for other programs' locks, and for an upgrade by another process, in seconds. Nil
  /// means the default, and no limit for an upgrade. `leavesNothing`: see `StoreAtRest`.
  static func open(
    at path: String, mode: StoreMode, build: String = "usher", migrations: Migrations, busyTimeout: Double? = nil,
    isLocked: Bool = false, leavesNothing: Bool = false, upgrade: StoreUpgrade = StoreUpgrade(),
    dialect: any SQLDialect = SQLiteDialect(), waits: (String) -> Void = { _ in }
  ) throws -> SQLiteStore {
    let upgradeTimeout = busyTimeout
    let busyTimeout = busyTimeout ?? busyTimeoutSeconds
    try SQLiteCapability.check()
    try StoreFile(path: path).check(for: mode)
    return try StoreError.translating(path: path) {
      // Checked with a read-only connection first: opening a pool for writing would switch another program's database
      // to WAL.
      let isAtRest = mode == .readOnly && StoreAtRest.isAtRest(path, leavesNothing: leavesNothing)
      let name = isAtRest ? StoreAtRest.name(of: path) : path
      let probe = try DatabaseQueue(path: name, configuration: configuration(.readOnly, busyTimeout))
      let identity = { try probe.read { db in try StoreIdentity(reading: SQLiteConnection(db)) } }
      let found = try identity()
      try found.check(path: path, mode: mode, migrations: migrations)
      switch mode {
      case .readOnly:
        let pool = try DatabasePool(path: name, configuration: configuration(.readOnly, busyTimeout))
        return SQLiteStore(path: path, mode: mode, build: build, pool: pool, dialect: dialect)
      case .readWrite:
        var notices = privacyNotices(path)
        let pool: DatabasePool
        if found.version < migrations.version {
          let lock = try MigrationLock.acquire(
            for: path, isLocked: isLocked, waitingSeconds: upgradeTimeout, waits: waits)
          // Another process may have upgraded it during the wait.
          let now = try identity()
          try now.check(path: path, mode: mode, migrations: migrations)
          if now.version < migrations.version {
            try MigrationCopy.checkRoom(for: probe, path: path, freeBytes: upgrade.freeBytes)
          }
          pool = try writingPool(path, busyTimeout: busyTimeout)
          notices += try upgrade.run(on: pool, path: path, from: now.version, to: migrations)
          withExtendedLifetime(lock) {}
        } else {
          pool = try writingPool(path, busyTimeout: busyTimeout)
        }
        return SQLiteStore(path: path, mode: mode, build: build, pool: pool, notices: notices, dialect: dialect)
      }
    }
  }

  /// Every user of the machine could read stores of the first version, and the files next to them.
  private static func privacyNotices(_ path: String) -> [String] {
    let closed = FilePrivacy.close(filesOf: path)
    guard !closed.isEmpty else { return [] }
    return [
      "every user of this machine could read \(closed.joined(separator: ", ")); now only "
        + "\(FilePrivacy.readers(of: path)) can"
    ]
  }

  private static func configuration(_ mode: StoreMode, _ busyTimeout: Double) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = mode == .readOnly
    configuration.busyMode = polling(atMost: busyTimeout)
    configuration.foreignKeysEnabled = true
    configuration.label = "usher"
    return configuration
  }

  /// Asks for the lock every half millisecond. SQLite's own handler waits longer after each attempt, up to 100 ms, and can
  /// miss each of the gaps that a busy cycle leaves (`CycleClock`).
  private static func polling(atMost seconds: Double) -> Database.BusyMode {
    let pause: UInt32 = 500
    let attempts = Int(seconds * 1e6 / Double(pause))
    return .callback { attempt in
      guard attempt < attempts else { return false }
      usleep(pause)
      return true
    }
  }

  /// A pool whose writer's commits survive a power cut. The pool sets `synchronous` itself after it is configured, so
  /// it is set last, and read back.
  private static func writingPool(_ path: String, busyTimeout: Double) throws -> DatabasePool {
    let pool = try DatabasePool(path: path, configuration: configuration(.readWrite, busyTimeout))
    try pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)")
      try expect("synchronous", 2, in: db)
      try expect("wal_autocheckpoint", checkpointPages, in: db)
      try expect("foreign_keys", 1, in: db)
    }
    return pool
  }

  private static func expect(_ pragma: String, _ expected: Int, in db: Database) throws {
    let found = try Int.fetchOne(db, sql: "PRAGMA \(pragma)")
    guard found == expected else {
      throw StoreError.unusable(
        "expected SQLite's \(pragma) to be \(expected), found \(found.map(String.init) ?? "nothing"): "
          + "this libsqlite3 cannot be used for a store")
    }
  }
}
