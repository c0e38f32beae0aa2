/// What a store is opened for.
package enum StoreMode: Sendable {
  /// Upgrades an older schema; may write.
  case readWrite
  /// Never writes to the database file; works beside a process that does.
  case readOnly
}
