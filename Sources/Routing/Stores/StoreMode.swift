/// The access for which a store is opened.
package enum StoreMode: Sendable {
  /// Upgrades an older schema; may write.
  case readWrite
  /// Never writes to the database file; works alongside a process that does.
  case readOnly
}
