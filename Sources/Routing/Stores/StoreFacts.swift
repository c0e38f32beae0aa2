/// What a store says of itself.
package struct StoreFacts: Sendable {
  /// The number of the schema, as the last migration set it.
  package let version: Int
  /// Random; a store and its copies have the same. Nil for an archive.
  package let identity: String?
  /// SQLite's journal mode: `wal`, unless somebody changed it.
  package let journal: String
  /// Whether SQLite enforces them on this connection.
  package let foreignKeys: Bool
  /// The first damage that SQLite finds in the file; nil when it finds none.
  package let damage: String?

  /// All values must come from one connection, and `damage` from a check of the whole file.
  package init(version: Int, identity: String?, journal: String, foreignKeys: Bool, damage: String?) {
    self.version = version
    self.identity = identity
    self.journal = journal
    self.foreignKeys = foreignKeys
    self.damage = damage
  }
}
