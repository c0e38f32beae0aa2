/// What a store says of itself.
package struct StoreFacts: Sendable {
  package let version: Int
  /// Random; a store and its copies have the same. Nil for an archive.
  package let identity: String?
  package let journal: String
  package let foreignKeys: Bool
  /// The first damage that SQLite finds in the file; nil when it finds none.
  package let damage: String?

  package init(version: Int, identity: String?, journal: String, foreignKeys: Bool, damage: String?) {
    self.version = version
    self.identity = identity
    self.journal = journal
    self.foreignKeys = foreignKeys
    self.damage = damage
  }
}
