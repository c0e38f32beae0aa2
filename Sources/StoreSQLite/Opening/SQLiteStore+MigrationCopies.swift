import Routing
import StoreSQL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SQLiteStore {
  /// The copies from before earlier upgrades, oldest version first.
  package func migrationCopies() -> [MigrationCopy] { MigrationCopy.all(of: path) }

  /// Deletes copies and audits each with the reason. Throws at the first that cannot be deleted; earlier ones are
  /// already gone.
  package func forget(_ copies: [MigrationCopy], by note: OperatorNote) throws {
    for copy in copies {
      try writing(isOfSends: false) { db in
        try AuditEntry(
          actor: note.actor, action: "forget-backup", subject: "store", detail: copy.path, reason: note.reason,
          at: note.at, isLocal: true
        ).record(in: db)
        guard unlink(copy.path) == 0 || errno == ENOENT else {
          throw StoreError.unusable("\(copy.path) cannot be deleted: \(String(cString: strerror(errno)))")
        }
      }
    }
  }

  /// Deletes the copies whose retention time is over, and returns them.
  package func forgetExpiredCopies(at now: Instant) throws -> [MigrationCopy] {
    let expired = migrationCopies().filter { $0.keptUntil <= now }
    let reason = "kept for \(MigrationCopy.keptDays) days"
    try forget(expired, by: OperatorNote(actor: "usher", reason: reason, at: now))
    return expired
  }
}
