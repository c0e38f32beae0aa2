import Routing
import StoreSQL
import StoreSQLite

/// Opens stores. No other code outside the store targets names an engine.
///
/// A store's address is a path, `sqlite:PATH` or a `file:` URL without query. Functions that throw refuse every other
/// scheme with `StoreError.unusable`, which says what was expected, what was found and what to do.
package enum Stores {
  /// The path of the store's file; the rules folder and the store's other files are next to it. It names the same store
  /// wherever an address is expected.
  package static func path(of address: String) throws(StoreError) -> String { try StoreAddress(address).path }

  // MARK: - Opening

  /// Makes a new store with the newest schema and no rows. The address must be free. Only its owner may read and write
  /// it; with `isGroupReadable` its group may read it too.
  ///
  /// Throws `StoreError.unusable`; then nothing is left behind.
  package static func create(_ address: String, isGroupReadable: Bool = false) throws -> any Store {
    try SQLiteStore.create(at: path(of: address), isGroupReadable: isGroupReadable)
  }

  /// Opens a store. For writing, upgrades an older schema and keeps a copy from before (`MigrationCopy`).
  ///
  /// Does not upgrade a store on which another process runs; `isLocked` means that this process holds its
  /// `ProcessLock`. Waits for an upgrade by another process as long as it takes, and calls `waits` when the wait
  /// begins. `note` names who opens it, for the audit of an upgrade. `Store.notices` lists what else was done. Throws
  /// `StoreError.unusable`. Costs a few page reads for each table, whatever the size of the store.
  package static func open(
    _ address: String, mode: StoreMode, isLocked: Bool = false, upgradingBy note: OperatorNote? = nil,
    waits: (String) -> Void = { _ in }
  ) throws -> any Store {
    try SQLiteStore.open(at: path(of: address), mode: mode, isLocked: isLocked, upgradingBy: note, waits: waits)
  }

  /// Opens a store for reading. Waits at most `busyTimeout` seconds for other programs' locks, and makes no files next
  /// to a store that no process has open. Throws `StoreError.unusable`.
  package static func openToLook(_ address: String, busyTimeout: Double) throws -> any Store {
    try SQLiteStore.openToLook(at: path(of: address), busyTimeout: busyTimeout)
  }

  // MARK: - Versions

  /// The schema version of new stores.
  package static var version: Int { SQLiteStore.version }

  /// The database library that this process uses.
  package static var engine: EngineFacts { .linked }

  /// Upgrades a store or an archive to `version`. Returns its previous version, and messages for the person who runs
  /// the program.
  ///
  /// A store is upgraded in place, and a copy from before stays. An archive is replaced by an upgraded copy that was
  /// read back. Throws `StoreError.unusable`; then the file is unchanged.
  package static func upgrade(
    _ address: String, by note: OperatorNote?, waits: (String) -> Void
  ) throws -> (version: Int, notices: [String]) {
    try SQLiteStore.upgrade(at: path(of: address), by: note, waits: waits)
  }
}
