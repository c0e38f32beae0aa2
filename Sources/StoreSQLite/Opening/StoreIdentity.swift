import Routing
import StoreSQL

/// Which application a database file belongs to, its version, and whether its schema is as expected.
struct StoreIdentity {
  let applicationID: Int32
  let version: Int
  let schema: StoreSchema

  /// Reads it, and the last row of each table, to detect damage near the top of the file immediately. Costs a few page
  /// reads for each table, whatever the store's size.
  init(reading db: SQLiteConnection) throws {
    applicationID = try db.value("PRAGMA application_id") ?? 0
    version = try db.value("PRAGMA user_version") ?? 0
    schema = try StoreSchema(reading: db)
    guard applicationID == Migrations.applicationID || isArchive else { return }
    for table in try db.values("SELECT name FROM sqlite_schema WHERE type = 'table'", as: String.self) {
      try db.each("SELECT * FROM \"\(table)\" ORDER BY rowid DESC LIMIT 1") { row in row.readAll() }
    }
  }

  /// Whether it is an archive of decisions, which can only be read: a daemon on it would decide and send again.
  var isArchive: Bool { applicationID == Migrations.archiveID }

  /// Refuses every database except one that this program can use, or can upgrade because `mode` allows writing.
  func check(path: String, mode: StoreMode, migrations: Migrations) throws {
    guard applicationID == Migrations.applicationID || isArchive else {
      throw StoreError.unusable(foreign(path))
    }
    guard !isArchive || mode == .readOnly else {
      throw StoreError.unusable(
        "\(path) is an archive of decisions, which can only be read; "
          + "name the store")
    }
    guard version <= migrations.version else {
      throw StoreError.unusable(
        "\(path) is a store of version \(version), and this usher knows versions up to \(migrations.version): "
          + "use a newer usher")
    }
    guard version == migrations.version || !isArchive else {
      throw StoreError.unusable(
        "\(path) is an archive of version \(version), and this usher reads version \(migrations.version): "
          + "upgrade it with `usher store upgrade --store \(path)`")
    }
    guard version == migrations.version || mode == .readWrite else {
      throw StoreError.unusable(
        "\(path) is a store of version \(version), and this usher reads version \(migrations.version): "
          + "upgrade it with `usher store upgrade --store \(path)`")
    }
    let expected =
      version == Migrations.all.version && migrations.version == version
      ? try StoreSchema.expected.get() : try StoreSchema(of: migrations.upTo(version))
    if let difference = schema.difference(from: expected) {
      throw StoreError.unusable(
        "the schema of \(path) is not that of version \(version): found \(difference); "
          + "undo the manual change, or restore a backup")
    }
  }

  private func foreign(_ path: String) -> String {
    if applicationID == 0 && version == 0 && schema.isEmpty {
      return "\(path) is a store whose creation was interrupted: delete it and run `usher init` again"
    }
    let found = String(UInt32(bitPattern: applicationID), radix: 16)
    let expected = String(Migrations.applicationID, radix: 16)
    return
      "\(path) is an SQLite database of another program (application id 0x\(found), expected 0x\(expected)): "
      + "choose another path"
  }
}
