/// A copy of a store from before a migration: the file `STORE.before-N`, where N is the store's version at that time.
///
/// It is complete, on disk and verified by reading it back before the store is changed. It is never overwritten.
package struct MigrationCopy: Sendable, Equatable {
  /// The number of days for which a copy is kept, so that an upgrade can be undone.
  package static let keptDays = 30

  /// Next to the store, ending in `.before-N`.
  package let path: String
  /// The schema version before the migration.
  package let version: Int
  /// The file's size.
  package let bytes: Int64
  /// When it was completed.
  package let madeAt: Instant

  /// `madeAt` is the file's modification time, to the second.
  package init(path: String, version: Int, bytes: Int64, madeAt: Instant) {
    self.path = path
    self.version = version
    self.bytes = bytes
    self.madeAt = madeAt
  }

  /// The time from which `forgetExpiredCopies` deletes it.
  package var keptUntil: Instant { madeAt.advanced(bySeconds: Int64(MigrationCopy.keptDays) * 86_400) }
}
