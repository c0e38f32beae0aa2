/// What keeps a store in order: its identity, its integrity, pruning, copies from before upgrades, and watching it.
package protocol MaintenanceStore: Sendable {
  /// Where the store is, as `Stores.open` was given it, without the scheme: a file's path.
  var path: String { get }

  /// Changes that opening it made besides, as sentences for the person who runs the program: an upgrade, files that
  /// were closed to other users.
  var notices: [String] { get }

  /// Why writes to this store would be lost: its file was deleted, moved or replaced. Nil while it is in place. Costs a
  /// look at the file.
  var lossOfFile: StoreError? { get }

  /// Settings of the store and the first damage found in it. Takes as long as reading the whole store.
  func facts() throws -> StoreFacts

  /// Checks every promise over every row, from one snapshot. Costs several walks over the whole store.
  func integrity() throws -> IntegrityReport

  /// Records that the store was made, and by whom. One transaction.
  func recordCreation(by note: OperatorNote, isSample: Bool) throws

  /// Starts to watch the store. `stopwatch` returns milliseconds of a clock that only goes forward.
  func watch(stopwatch: @escaping () -> Double) -> any StoreMonitoring

  // MARK: Pruning

  /// What `prune` would do; writes nothing. Throws `OperatorError.unknown` for a tenant. Costs a walk over what is
  /// older.
  func prunePreview(until: Instant, tenant: TenantID?) throws -> PruneReport

  /// Moves decisions older than a moment, with the record that repeats them, to an archive. The archive is on disk and
  /// was read back before anything is deleted.
  ///
  /// Works beside the leader in many short transactions and calls `pause` after each; `progress` hears how many rows
  /// are done. If it is interrupted, rows are in both places, and running it again continues. Decisions that other rows
  /// refer to keep their row and lose their record. Throws `OperatorError.unknown` for a tenant, and
  /// `StoreError.unusable` for an archive that cannot be made or holds something else; then nothing was deleted.
  func prune(_ options: PruneOptions, pause: () throws -> Void, progress: (Int) -> Void) throws -> PruneReport

  // MARK: Copies from before upgrades

  /// The copies, oldest version first. Costs a read of the store's folder.
  func migrationCopies() -> [MigrationCopy]

  /// Deletes copies and records each, one transaction a copy. Throws at the first that cannot be deleted; earlier ones
  /// are gone.
  func forget(_ copies: [MigrationCopy], by note: OperatorNote) throws

  /// Deletes the copies that are older than `MigrationCopy.keptDays`, and returns them.
  func forgetExpiredCopies(at now: Instant) throws -> [MigrationCopy]
}

extension MaintenanceStore {
  /// Prunes without reporting progress.
  package func prune(_ options: PruneOptions, pause: () throws -> Void) throws -> PruneReport {
    try prune(options, pause: pause, progress: { _ in })
  }
}

/// Looks at one store again and again, at a cost that does not grow with its history.
package protocol StoreMonitoring: AnyObject {
  /// The overview of the store now, from one snapshot; no writer waits for it.
  ///
  /// Costs a walk over the devices and the messages that are pending or being sent, and what was sent and decided since
  /// the last look; the first look reads a day of sends and at most an hour of decisions. Throws if the store was
  /// deleted or replaced.
  func look(at now: Instant) throws -> StoreOverview
}
