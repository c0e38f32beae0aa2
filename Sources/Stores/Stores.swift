import Routing
import StoreSQL
import StoreSQLite

/// Opens stores. No other code outside the store targets names an engine.
///
/// A store's address is a path, `sqlite:PATH` or a `file:` URL without query. Functions that throw refuse every other
/// scheme with `StoreError.unusable`: what was expected, what was found and what to do.
package enum Stores {
  /// The path of the store's file, beside which the rules folder and the files of the store are. It names the same
  /// store wherever an address is expected.
  package static func path(of address: String) throws(StoreError) -> String { try StoreAddress(address).path }

  // MARK: - Opening

  /// Makes a new store at an address that must be free, with the newest schema and no rows. Only its owner may read and
  /// write it; with `isGroupReadable` its group may read it too.
  ///
  /// Throws `StoreError.unusable`; then nothing is left behind.
  package static func create(_ address: String, isGroupReadable: Bool = false) throws -> any Store {
    try SQLiteStore.create(at: path(of: address), isGroupReadable: isGroupReadable)
  }

  /// Opens a store. To write, it upgrades an older schema and keeps a copy from before (`MigrationCopy`).
  ///
  /// A store on which another process runs is not upgraded; `isLocked` says that this process holds its `ProcessLock`.
  /// It waits for an upgrade by another process as long as that takes, and calls `waits` when it begins to. `note`
  /// names who opens it, for the audit of an upgrade. `Store.notices` tells what else was done. Throws
  /// `StoreError.unusable`. Costs a few page reads for each table, whatever the size of the store.
  package static func open(
    _ address: String, mode: StoreMode, isLocked: Bool = false, upgradingBy note: OperatorNote? = nil,
    waits: (String) -> Void = { _ in }
  ) throws -> any Store {
    try SQLiteStore.open(at: path(of: address), mode: mode, isLocked: isLocked, upgradingBy: note, waits: waits)
  }

  /// Opens a store to read. Waits at most `busyTimeout` seconds for locks of other programs, and makes no file beside a
  /// store that nobody has open. Throws `StoreError.unusable`.
  package static func openToLook(_ address: String, busyTimeout: Double) throws -> any Store {
    try SQLiteStore.openToLook(at: path(of: address), busyTimeout: busyTimeout)
  }

  // MARK: - Versions

  /// The version of the schema of stores that this program makes.
  package static var version: Int { SQLiteStore.version }

  /// The database library that this process uses.
  package static var engine: EngineFacts { .linked }

  /// Upgrades a store or an archive to `version`. Returns the version that it had, and sentences for the person who
  /// runs the program.
  ///
  /// A store is upgraded in place, and a copy from before stays. An archive is replaced by an upgraded copy that was
  /// read back. Throws `StoreError.unusable`; then the file is as it was.
  package static func upgrade(
    _ address: String, by note: OperatorNote?, waits: (String) -> Void
  ) throws -> (version: Int, notices: [String]) {
    try SQLiteStore.upgrade(at: path(of: address), by: note, waits: waits)
  }
}
