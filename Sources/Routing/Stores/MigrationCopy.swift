/// A store as it was before a migration: the file `STORE.before-N`, where N is the version that it had.
///
/// It is complete, on disk and read back before the store is changed, and is never replaced.
package struct MigrationCopy: Sendable, Equatable {
  package static let keptDays = 30

  package let path: String
  package let version: Int
  package let bytes: Int64
  /// When it was complete.
  package let madeAt: Instant

  package init(path: String, version: Int, bytes: Int64, madeAt: Instant) {
    self.path = path
    self.version = version
    self.bytes = bytes
    self.madeAt = madeAt
  }

  package var keptUntil: Instant { madeAt.advanced(bySeconds: Int64(MigrationCopy.keptDays) * 86_400) }
}
