internal import GRDB

/// The steps that make the schema, oldest first: the store's version is how many of them it has had.
struct Migrations: Sendable {
  /// Says "Usher's" in a file's header: `USHR`.
  static let applicationID: Int32 = 0x5553_4852
  /// Says that the file is an archive of decisions: `USHA`. It is a store for those who read.
  static let archiveID: Int32 = 0x5553_4841

  /// Up to this step, one may make a table anew, which needs foreign keys to be off meanwhile. GRDB then compares all rows of the
  /// store with their foreign keys before it commits. The steps after it add tables, columns and indexes, with foreign keys on.
  private static let lastRebuilding = 5

  /// What this program knows.
  static let all = Migrations([
    Migration1.sql, Migration2.sql, Migration3.sql, Migration4.sql, Migration5.sql, Migration6.sql,
    Migration7.sql, Migration8.sql, Migration9.sql, Migration10.sql,
  ])

  let scripts: [String]

  init(_ scripts: [String]) { self.scripts = scripts }

  var version: Int { scripts.count }

  /// Only the first `count` of them.
  func upTo(_ count: Int) -> Migrations { Migrations(Array(scripts.prefix(count))) }

  /// With one more: what a later version would be.
  func followed(by script: String) -> Migrations { Migrations(scripts + [script]) }

  /// What `body` reads of an empty store of this version, which is in memory alone.
  func inMemory<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
    let queue = try DatabaseQueue()
    try run(on: queue)
    return try queue.read { db in try body(SQLiteConnection(db)) }
  }

  /// Brings a store to `version`, each step in a transaction of its own together with its number.
  ///
  /// `check` runs inside the transaction of each step before anything is written; what it throws ends the upgrade there.
  /// `finish` runs inside the transaction of the last step after it.
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
        // An archive stays one.
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
