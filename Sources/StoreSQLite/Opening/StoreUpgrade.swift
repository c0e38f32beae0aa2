import Files
internal import GRDB
import Routing
import StoreSQL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Brings a store to a newer schema, after copying it.
struct StoreUpgrade {
  /// How often the copy is made again because another program wrote meanwhile.
  private static let attemptsMax = 3

  /// The free bytes on a folder's disk; nil if unknown.
  var freeBytes: (String) -> Int64? = FreeSpace.bytes(in:)
  /// Runs between the copy and the migrations.
  var copied: () throws -> Void = {}
  /// Who upgrades, for the audit; nil writes no audit line.
  var note: OperatorNote?

  private struct StoreChanged: Error {}

  /// Call it with the `MigrationLock` held. Returns notes on what was done, for the person who runs the program; none
  /// if the store already has the version.
  func run(on pool: DatabasePool, path: String, from version: Int, to migrations: Migrations) throws -> [String] {
    guard version < migrations.version else { return [] }
    for _ in 0..<StoreUpgrade.attemptsMax {
      // Changes whenever another connection commits: https://www.sqlite.org/pragma.html#pragma_data_version
      let mark = try pool.writeWithoutTransaction(StoreUpgrade.mark)
      let (copy, isNew) = try MigrationCopy.make(of: path, version: version, migrations: migrations)
      try copied()
      do {
        try migrations.run(
          on: pool,
          check: { db in
            // Later steps are protected by the commit of the first.
            guard try Int.fetchOne(db, sql: "PRAGMA user_version") == version else { return }
            guard try StoreUpgrade.mark(db) == mark else { throw StoreChanged() }
          }, finish: { [note] in try StoreUpgrade.record(from: version, to: migrations, by: note, in: $0) })
        return [
          "upgraded \(path) from version \(version) to \(migrations.version); the previous version is kept in \(copy.path) "
            + "for \(MigrationCopy.keptDays) days or until `usher store forget-backup`"
        ]
      } catch is StoreChanged {
        if isNew { unlink(copy.path) }
      }
    }
    throw StoreError.unusable(
      "another program writes to \(path) while it is upgraded; the store is unchanged: stop that program, then run again"
    )
  }

  /// Writes the audit line, in the transaction that ends the upgrade.
  @Sendable static func record(
    from version: Int, to migrations: Migrations, by note: OperatorNote?, in db: Database
  ) throws {
    guard let note else { return }
    try AuditEntry(
      actor: note.actor, action: "upgrade", subject: "store", detail: "version \(version) to \(migrations.version)",
      reason: note.reason, at: note.at, isLocal: true
    ).record(in: SQLiteConnection(db))
  }

  @Sendable private static func mark(_ db: Database) throws -> Int64? {
    try Int64.fetchOne(db, sql: "PRAGMA data_version")
  }
}
