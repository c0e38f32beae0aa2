internal import GRDB

/// The steps that make the schema, oldest first. A store's version is the number of steps applied to it.
struct Migrations: Sendable {
  /// Marks a file as Usher's in its header: `USHR`.
  static let applicationID: Int32 = 0x5553_4852
  /// Marks a file as an archive of decisions: `USHA`. It can be read as a store.
  static let archiveID: Int32 = 0x5553_4841

  /// Steps up to this one may rebuild a table, which requires foreign keys to be off. GRDB then checks the foreign keys
  /// of all rows before it commits. Later steps add tables, columns and indexes, with foreign keys on.
  private static let lastRebuilding = 5

  /// All steps known to this program.
  static let all = Migrations([
    Migration1.sql, Migration2.sql, Migration3.sql, Migration4.sql, Migration5.sql, Migration6.sql,
    Migration7.sql, Migration8.sql, Migration9.sql, Migration10.sql, Migration11.sql, Migration12.sql, Migration13.sql,
    Migration14.sql, Migration15.sql, Migration16.sql,
  ])

  let scripts: [String]

  init(_ scripts: [String]) { self.scripts = scripts }

  var version: Int { scripts.count }

  /// The first `count` steps.
  func upTo(_ count: Int) -> Migrations { Migrations(Array(scripts.prefix(count))) }

  /// These steps and one more, for tests of a later version.
  func followed(by script: String) -> Migrations { Migrations(scripts + [script]) }

  /// The result of `body` for an empty in-memory store of this version.
  func inMemory<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
    let queue = try DatabaseQueue()
    try run(on: queue)
    return try queue.read { db in try body(SQLiteConnection(db)) }
  }

  /// Brings a store to `version`. Each step has its own transaction, which also stores its number.
  ///
  /// `check` runs in the transaction of each step before anything is written; if it throws, the upgrade ends there.
  /// `finish` runs in the transaction of the last step, after it.
  func run(
    on writer: some DatabaseWriter, check: @escaping @Sendable (Database) throws -> Void = { _ in },
    finish: @escaping @Sendable (Database) throws -> Void = { _ in }
  ) throws {
    var migrator = DatabaseMigrator()
    for (index, script) in scripts.enumerated() {
      let checks: DatabaseMigrator.ForeignKeyChecks = index < Migrations.lastRebuilding ? .deferred : .immediate
      migrator.registerMigration("v\(index + 1)", foreignKeyChecks: checks) { db in
        try check(db)
        try db.execute(sql: script)
        // An archive stays an archive.
        if try Int32.fetchOne(db, sql: "PRAGMA application_id") == 0 {
          try db.execute(sql: "PRAGMA application_id = \(Migrations.applicationID)")
        }
        try db.execute(sql: "PRAGMA user_version = \(index + 1)")
        if index + 1 == version { try finish(db) }
      }
    }
    try migrator.migrate(writer)
  }
}
