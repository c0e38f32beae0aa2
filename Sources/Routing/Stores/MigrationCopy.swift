/// A store as it was before a migration: the file `STORE.before-N`, where N is the version that it had.
///
/// It is complete, on disk and read back before the store is changed, and is never replaced.
package struct MigrationCopy: Sendable, Equatable {
  /// A copy is kept so many days, for a way back.
  package static let keptDays = 30

  /// Beside the store, ending in `.before-N`.
  package let path: String
  /// The schema's number before the migration.
  package let version: Int
  /// The file's size.
  package let bytes: Int64
  /// When it was complete.
  package let madeAt: Instant

  /// `madeAt` is the time of the file's last change, to a second.
  package init(path: String, version: Int, bytes: Int64, madeAt: Instant) {
    self.path = path
    self.version = version
    self.bytes = bytes
    self.madeAt = madeAt
  }

  /// The moment from which `forgetExpiredCopies` deletes it.
  package var keptUntil: Instant { madeAt.advanced(bySeconds: Int64(MigrationCopy.keptDays) * 86_400) }
}
