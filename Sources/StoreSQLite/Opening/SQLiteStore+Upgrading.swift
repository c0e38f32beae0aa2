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
  /// The schema version of new stores.
  package static var version: Int { Migrations.all.version }

  /// Brings a file of an older version to this program's schema; returns its previous version, and notes on other
  /// actions.
  ///
  /// A store is upgraded in place, as on every opening for writing, and a copy from before stays. An archive is only
  /// ever read: it is copied, and the copy is upgraded, read back, and moved into its place; whoever has the old file
  /// open continues with it. Throws `StoreError.unusable`; then the file is unchanged.
  package static func upgrade(
    at path: String, build: String = "usher", by note: OperatorNote? = nil, waits: (String) -> Void = { _ in }
  ) throws -> (version: Int, notices: [String]) {
    try upgrade(at: path, build: build, migrations: .all, by: note, waits: waits)
  }

  static func upgrade(
    at path: String, build: String = "usher", migrations: Migrations, by note: OperatorNote? = nil,
    waits: (String) -> Void = { _ in }
  ) throws -> (version: Int, notices: [String]) {
    try StoreFile(path: path).check(for: .readWrite)
    let found = try identity(of: path, busyTimeout: busyTimeoutSeconds)
    guard found.isArchive, found.version < migrations.version else {
      let mode: StoreMode = found.isArchive ? .readOnly : .readWrite
      let store = try open(
        at: path, mode: mode, build: build, migrations: migrations, upgrade: StoreUpgrade(note: note), waits: waits)
      return (found.version, store.notices)
    }
    // Checked as the program that wrote it would check it.
    try found.check(path: path, mode: .readOnly, migrations: migrations.upTo(found.version))
    try upgradeCopy(of: path, to: migrations) { db in
      try StoreUpgrade.record(from: found.version, to: migrations, by: note, in: db)
    }
    return (found.version, [])
  }

  /// `busyTimeout` is the wait for other programs' locks, in seconds.
  static func identity(of path: String, busyTimeout: Double = 0) throws -> StoreIdentity {
    try StoreError.translating(path: path) {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(busyTimeout)
      return try DatabaseQueue(path: path, configuration: configuration).read {
        try StoreIdentity(reading: SQLiteConnection($0))
      }
    }
  }

  /// Audits the creation of a store, with its actor.
  package func recordCreation(by note: OperatorNote, isSample: Bool) throws {
    try writing { db in
      try AuditEntry(
        actor: note.actor, action: "init", subject: "store", detail: isSample ? "with sample data" : nil,
        reason: note.reason, at: note.at, isLocal: true
      ).record(in: db)
    }
  }

  private static func upgradeCopy(
    of archive: String, to migrations: Migrations, record: (Database) throws -> Void
  ) throws {
    let copy = StoreFile(path: "\(archive).\(getpid()).partial")
    copy.discard()
    try copy.create(mode: FileMode.beside(archive))
    defer { copy.discard() }
    try StoreError.translating(path: copy.path) {
      var configuration = Configuration()
      configuration.readonly = true
      let source = try DatabaseQueue(path: archive, configuration: configuration)
      let target = try DatabaseQueue(path: copy.path)
      try source.backup(to: target)
      try source.close()
      try target.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL")
      }
      try migrations.run(on: target)
      try target.write(record)
      let orphans = try target.read { try Row.fetchOne($0, sql: "PRAGMA foreign_key_check") }
      guard orphans == nil else {
        throw StoreError.unusable("\(archive) refers to missing rows: \(orphans!); it is unchanged")
      }
      try target.close()
    }
    let read = try open(at: copy.path, mode: .readOnly, migrations: migrations)
    try read.pool.close()
    try copy.replace(archive)
  }
}
