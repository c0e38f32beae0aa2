import Routing

/// Moves old decisions to an archive that can still be replayed.
package struct PruneStore {
  /// What is pruned, and the archive.
  package let options: PruneOptions

  /// `keepSeconds`: the age up to which decisions stay, at the time of `note`. `archive` nil: a file next to the store at `path`,
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

  /// The effect that `run` would have; writes nothing. Throws `tenantNotFound`. Costs a walk over the older decisions.
  package func preview(on store: any MaintenanceStore) throws -> PruneReport {
    try store.prunePreview(until: options.until, tenant: options.tenant)
  }

  /// Prunes in many short transactions; after each it calls `pause`, and `progress` with the number of rows. After an interruption
  /// the same call continues. Throws `tenantNotFound`, and `storeUnusable` for an archive that cannot be used.
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
  /// Lists the copies of the store that `run` gets.
  package init() {}

  /// Oldest version first. Costs a read of the store's folder.
  package func run(on store: any MaintenanceStore) -> [MigrationCopy] { store.migrationCopies() }
}

/// Deletes all copies of a store from before upgrades. Then there is no way back to the earlier version.
package struct ForgetMigrationCopies {
  /// The action that requires a reason, for errors.
  package static let action = "--yes, which deletes the copies permanently,"

  /// Deletes all copies of the store that `run` gets.
  package init() {}

  /// Returns the deleted copies, oldest version first. Throws `reasonRequired`, and stops at the first copy that
  /// cannot be deleted.
  package func run(on store: any MaintenanceStore, by note: OperatorNote) throws -> [MigrationCopy] {
    _ = try note.expectReason(for: Self.action)
    let copies = store.migrationCopies()
    try store.forget(copies, by: note)
    return copies
  }
}
