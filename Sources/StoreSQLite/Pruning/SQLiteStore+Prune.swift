import Files
import Routing
import StoreSQL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SQLiteStore {
  /// The report that `prune` would return; writes nothing.
  ///
  /// Throws `OperatorError` for an unknown tenant.
  package func prunePreview(until: Instant, tenant: TenantID? = nil) throws -> PruneReport {
    try reading { db in
      var report = try PrunePlan(db, until: until, tenant: tenant).report
      try measure(&report, db)
      report.freeBytesBefore = report.freeBytesAfter
      return report
    }
  }

  /// Moves decisions older than a given time to an archive, with the inputs for making them again. The archive is on
  /// disk and was read back before anything is deleted.
  ///
  /// Rows with references stay and lose only their record. A tenant's last fleet stays, with its decisions. Works while
  /// a daemon runs: uses many short transactions, and calls `pause` after each. A crash in the middle leaves rows in
  /// both files; the same call then continues. Throws `OperatorError` for an unknown tenant, and `StoreError.unusable`
  /// for an archive that cannot be made, or that exists with other content; then nothing was deleted.
  package func prune(
    _ options: PruneOptions, pause: () throws -> Void, progress: (Int) -> Void = { _ in }
  ) throws -> PruneReport {
    try writingWithoutTransaction { db in
      // The plan has checked that nothing refers to these rows. SQLite would check row by row, without an index.
      try db.withoutForeignKeys {
        let free = try freeBytes(db)
        var report = try archive(options, db)
        report.freeBytesBefore = free
        if !report.isNothing {
          try withoutActuallyEscaping(pause) { pause in
            try Pruning(db, options, pause: pause).run(report, progress: progress)
          }
        }
        try measure(&report, db)
        report.archiveBytes = report.isArchived ? fileBytes(options.archive) : 0
        return report
      }
    }
  }

  private func archive(_ options: PruneOptions, _ db: SQLiteConnection) throws -> PruneReport {
    do throws(FileProblem) {
      try OutputGuard(stores: [path]).check(options.archive, for: .archive)
    } catch {
      throw StoreError.unusable(error.description)
    }
    let archive = DecisionArchive(path: options.archive, store: path, process: getpid(), build: build)
    let plan = { try PrunePlan(db, until: options.until, tenant: options.tenant) }
    guard access(options.archive, F_OK) == 0 else {
      return try StoreError.fullDisk(of: options.archive) { try archive.write(db, options, plan: plan).report }
    }
    var report = try db.readTransaction { try plan().report }
    if report.isArchived { try archive.verifyExisting(db) }
    report.isContinued = report.isArchived
    return report
  }

  private func measure(_ report: inout PruneReport, _ db: any SQLConnection) throws {
    report.freeBytesAfter = try freeBytes(db)
    report.storeBytes = try pageBytes(db, "page_count")
  }

  private func freeBytes(_ db: any SQLConnection) throws -> Int { try pageBytes(db, "freelist_count") }

  private func pageBytes(_ db: any SQLConnection, _ pragma: String) throws -> Int {
    let count = try db.value("PRAGMA \(pragma)", as: Int.self) ?? 0
    return try count * (db.value("PRAGMA page_size", as: Int.self) ?? 0)
  }

  private func fileBytes(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
