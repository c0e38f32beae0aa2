/// Facts that a store reports about itself.
package struct StoreFacts: Sendable {
  /// The schema version set by the last migration.
  package let version: Int
  /// A random id, shared by a store and its copies. Nil for an archive.
  package let identity: String?
  /// SQLite's journal mode: `wal`, unless it was changed.
  package let journal: String
  /// Whether SQLite enforces foreign keys on this connection.
  package let foreignKeys: Bool
  /// The first damage that SQLite finds in the file; nil if it finds none.
  package let damage: String?

  /// The size of a file that is too large to be read for `damage`; nil if it was read.
  package let unreadBytes: Int64?

  /// All values must come from one connection, and `damage` from a check of the whole file unless `unreadBytes` says that
  /// it was not read.
  package init(
    version: Int, identity: String?, journal: String, foreignKeys: Bool, damage: String?, unreadBytes: Int64? = nil
  ) {
    self.version = version
    self.identity = identity
    self.journal = journal
    self.foreignKeys = foreignKeys
    self.damage = damage
    self.unreadBytes = unreadBytes
  }
}
