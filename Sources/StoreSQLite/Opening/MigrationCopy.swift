import Files
internal import GRDB
import Routing
import StoreSQL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension MigrationCopy {
  /// The maximum number of copies of one version: one for each upgrade from that version.
  private static let countMax = 99

  /// The copies of the store at `path`, oldest version first. Reads the store's folder.
  package static func all(of path: String) -> [MigrationCopy] {
    let store = Path.real(path) ?? path
    return StoreFiles.existing(of: store).compactMap { MigrationCopy(file: $0, store: store) }
      .sorted { ($0.version, $0.madeAt.milliseconds, $0.path) < ($1.version, $1.madeAt.milliseconds, $1.path) }
  }

  /// Nil for any other name, such as that of an unfinished copy.
  private init?(file: String, store: String) {
    let prefix = store + StoreFiles.migrationCopy
    guard file.hasPrefix(prefix) else { return nil }
    let numbers = file.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(numbers.count), numbers.allSatisfy({ $0.allSatisfy(\.isWholeNumber) && Int($0) != nil }),
      let version = Int(numbers[0])
    else { return nil }
    guard let status = FileStatus(file), status.isRegular else { return nil }
    self.init(
      path: file, version: version, bytes: status.bytes, madeAt: Instant(milliseconds: status.changedSeconds * 1000))
  }
}

// MARK: - Copying

extension MigrationCopy {
  /// Copies the store at `path`, which has the given `version`, or finds an equal copy from an interrupted upgrade.
  ///
  /// Call it with the `MigrationLock` held. Throws `StoreError.unusable` if the copy cannot be written or read back;
  /// then none is left.
  static func make(
    of path: String, version: Int, migrations: Migrations
  ) throws -> (copy: MigrationCopy, isNew: Bool) {
    let store = Path.real(path) ?? path
    removeUnfinished(of: store)
    let unfinished = StoreFile(path: "\(store)\(StoreFiles.migrationCopy)\(version).\(getpid()).partial")
    try StoreError.translating(path: unfinished.path) {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(SQLiteStore.busyTimeoutSeconds)
      let source = try DatabaseQueue(path: store, configuration: configuration)
      try unfinished.create()
      do { try fill(unfinished, from: source, version: version, migrations: migrations) } catch {
        unfinished.discard()
        throw error
      }
    }
    defer { unfinished.discard() }
    let (name, isNew) = try place(unfinished, store: store, version: version)
    guard let copy = MigrationCopy(file: name, store: store) else {
      throw StoreError.unusable("\(name) disappeared while \(path) was upgraded; the store is unchanged: run again")
    }
    return (copy, isNew)
  }

  /// Files from a process that was killed in the middle; while the lock is held, no one else makes a copy.
  private static func removeUnfinished(of store: String) {
    for file in StoreFiles.existing(of: store) where file.hasPrefix(store + StoreFiles.migrationCopy) {
      if [".partial", ".partial-journal", ".partial-wal", ".partial-shm"].contains(where: file.hasSuffix) {
        unlink(file)
      }
    }
  }

  /// Throws if the disk has no space for the copy and another tenth for the migration's writes. Writes nothing.
  static func checkRoom(for source: DatabaseQueue, path: String, freeBytes: (String) -> Int64?) throws {
    let folder = Path.split(Path.real(path) ?? path).folder
    let size = try source.read { db in
      try Int64.fetchOne(db, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") ?? 0
    }
    let needed = size + max(size / 10, 1 << 20)
    guard let free = freeBytes(folder), free < needed else { return }
    throw StoreError.unusable(
      "\(path) must be copied before it is upgraded, which needs \(FreeSpace.text(needed)) in \(folder), found "
        + "\(FreeSpace.text(free)) free; the store is unchanged: free some space on that disk, then run again")
  }

  private static func fill(
    _ file: StoreFile, from source: DatabaseQueue, version: Int, migrations: Migrations
  ) throws {
    let target = try DatabaseQueue(path: file.path)
    try source.backup(to: target)
    try source.close()
    // A single file that can be read from a read-only medium.
    try target.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE")
    }
    try target.close()
    let descriptor = openFile(file.path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0, fsync(descriptor) == 0, fchmod(descriptor, 0o400) == 0 else {
      let reason = String(cString: strerror(errno))
      if descriptor >= 0 { close(descriptor) }
      throw StoreError.unusable("\(file.path) cannot be completed: \(reason); the store is unchanged")
    }
    close(descriptor)
    var configuration = Configuration()
    configuration.readonly = true
    let copy = try DatabaseQueue(path: file.path, configuration: configuration)
    let identity = try copy.read { try StoreIdentity(reading: SQLiteConnection($0)) }
    try identity.check(path: file.path, mode: .readOnly, migrations: migrations.upTo(version))
    try copy.close()
  }

  /// Gives the copy the first free name, or finds a copy with equal content.
  private static func place(_ unfinished: StoreFile, store: String, version: Int) throws -> (String, isNew: Bool) {
    for number in 1...countMax {
      let name = "\(store)\(StoreFiles.migrationCopy)\(version)" + (number == 1 ? "" : "-\(number)")
      // A dangling link takes the name too.
      guard FileStatus(name, followsLinks: false) == nil else {
        if FileComparison.isSameDatabase(name, unfinished.path) { return (name, false) }
        continue
      }
      try unfinished.move(to: name)
      return (name, true)
    }
    throw StoreError.unusable(
      "\(store) has \(countMax) copies of version \(version); the store is unchanged: "
        + "look at them with `usher store forget-backup`, then run again")
  }
}
