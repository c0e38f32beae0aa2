import Routing

/// Moves old decisions to an archive that can still be replayed.
package struct PruneStore {
  /// What is pruned, and where it goes.
  package let options: PruneOptions

  /// `keepSeconds`: how long decisions stay, back from the time of `note`. `archive` nil: a file beside the store at `path`,
  /// named by the time. Throws `invalidInput` for a time before the year 1.
  package init(
    keepSeconds: Int64, tenant: TenantID? = nil, archive: String? = nil, ofStoreAt path: String, by note: OperatorNote
  ) throws {
    let until = note.at.advanced(bySeconds: -keepSeconds)
    guard until > .earliest else {
      throw Problem(.invalidInput, "--keep: expected a time after the year 1, found an earlier one")
    }
    options = PruneOptions(
      until: until, tenant: tenant, archive: archive ?? PruneStore.archive(of: path, until), actor: note.actor,
      reason: note.reason, now: note.at)
  }

  /// What `run` would do; writes nothing. Throws `tenantNotFound`. Costs a walk over what is older.
  package func preview(on store: any MaintenanceStore) throws -> PruneReport {
    try store.prunePreview(until: options.until, tenant: options.tenant)
  }

  /// Prunes in many short transactions and calls `pause` after each, `progress` with the rows done. After an interruption
  /// the same call goes on. Throws `tenantNotFound`, and `storeUnusable` for an archive that cannot be used.
  package func run(
    on store: any MaintenanceStore, pause: () throws -> Void, progress: (Int) -> Void
  ) throws -> PruneReport {
    try store.prune(options, pause: pause, progress: progress)
  }

  /// `usher.db.decisions-2026-10-26T09-30-00Z.db`
  private static func archive(of store: String, _ until: Instant) -> String {
    let seconds = Instant(milliseconds: until.milliseconds - until.milliseconds % 1000)
    return "\(store).decisions-\(seconds.rfc3339.replacing(":", with: "-").replacing(".000", with: "")).db"
  }
}

/// Lists the copies of a store from before upgrades.
package struct MigrationCopiesQuery {
  /// The copies are those beside the store that `run` gets.
  package init() {}

  /// Oldest version first. Costs a read of the store's folder.
  package func run(on store: any MaintenanceStore) -> [MigrationCopy] { store.migrationCopies() }
}

/// Deletes all copies of a store from before upgrades: there is no way back to the earlier version then.
package struct ForgetMigrationCopies {
  /// What needs a reason, for errors.
  package static let action = "--yes, which deletes the copies for good,"

  /// The copies are those beside the store that `run` gets, all of them.
  package init() {}

  /// Returns the copies that are gone, oldest version first. Throws `reasonRequired`, and stops at the first copy that
  /// cannot be deleted.
  package func run(on store: any MaintenanceStore, by note: OperatorNote) throws -> [MigrationCopy] {
    _ = try note.expectReason(for: Self.action)
    let copies = store.migrationCopies()
    try store.forget(copies, by: note)
    return copies
  }
}
