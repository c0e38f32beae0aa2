import Routing
import Stores

/// Opens a store for writing: upgrades it if needed, deletes expired copies from before upgrades, and records
/// holds that only the hold file contains.
package struct OpenStore {
  private let address: String
  private let actor: Actor
  private let isLocked: Bool

  /// `address`: as `Stores` reads it. `actor`: recorded for an upgrade. `isLocked`: this process holds the store's
  /// `ProcessLock`.
  package init(_ address: String, as actor: Actor, isLocked: Bool = false) {
    (self.address, self.actor, self.isLocked) = (address, actor, isLocked)
  }

  /// `now` is the machine's time, by which copies expire. `notify` receives a sentence for each additional action. `waits` is
  /// called if another process is upgrading the store and this one begins to wait for it. Throws `StoreError`.
  package func run(
    at now: Instant, notify: (String) -> Void, waits: (String) -> Void
  ) throws -> any Store {
    let note = OperatorNote(actor: actor, reason: nil, at: now)
    let store = try Stores.open(address, mode: .readWrite, isLocked: isLocked, upgradingBy: note, waits: waits)
    store.notices.forEach(notify)
    for copy in try store.forgetExpiredCopies(at: now) {
      notify("deleted \(copy.path): the copy of version \(copy.version) was kept for \(MigrationCopy.keptDays) days")
    }
    try store.recordHoldFile()
    return store
  }
}
