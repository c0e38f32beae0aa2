/// Maintenance of a store: identity, integrity, pruning, copies made before upgrades, and monitoring.
package protocol MaintenanceStore: Sendable {
  /// The store's location as passed to `Stores.open`, without the scheme: a file path.
  var path: String { get }

  /// Other changes made when the store was opened, as sentences for the person who runs the program: an upgrade, or file
  /// permissions that were restricted to the owner.
  var notices: [String] { get }

  /// Why writes to this store would be lost: its file was deleted, moved or replaced. Nil while the file is in place.
  /// Costs one check of the file.
  var lossOfFile: StoreError? { get }

  /// The store's settings and the first damage found in it. Reads the pages of a store of at most
  /// 256 MiB; a larger one is not read for damage.
  func facts() throws -> StoreFacts

  /// Checks every invariant for every row, from one snapshot. Costs several walks over the whole store.
  ///
  /// With `now`, the machine's time, it also counts recorded times that are ahead of the clock.
  func integrity(at now: Instant?) throws -> IntegrityReport

  /// Records that the store was created, and by whom. One transaction.
  func recordCreation(by note: OperatorNote, isSample: Bool) throws

  /// Starts monitoring the store. `stopwatch` returns milliseconds of a monotonic clock.
  func watch(stopwatch: @escaping () -> Double) -> any StoreMonitoring

  // MARK: Pruning

  /// What `prune` would do; writes nothing. Throws `OperatorError.unknown` for an unknown tenant. Costs a walk over the
  /// older decisions.
  func prunePreview(until: Instant, tenant: TenantID?) throws -> PruneReport

  /// Moves decisions made before a time to an archive, with the records needed to replay them. The archive is on disk and
  /// has been read back before anything is deleted.
  ///
  /// Runs alongside the leader in many short transactions and calls `pause` after each; `progress` receives the number of
  /// rows done. If it is interrupted, rows are in both places, and running it again continues. Decisions that other rows
  /// refer to keep their row but lose their record. Throws `OperatorError.unknown` for an unknown tenant, and
  /// `StoreError.unusable` if the archive cannot be created or has other contents; then nothing was deleted.
  func prune(_ options: PruneOptions, pause: () throws -> Void, progress: (Int) -> Void) throws -> PruneReport

  // MARK: Copies from before upgrades

  /// The copies, oldest version first. Costs a read of the store's folder.
  func migrationCopies() -> [MigrationCopy]

  /// Deletes copies and records each deletion, one transaction per copy. Stops with an error at the first copy that
  /// cannot be deleted; earlier ones are deleted.
  func forget(_ copies: [MigrationCopy], by note: OperatorNote) throws

  /// Deletes the copies that are older than `MigrationCopy.keptDays`, and returns them.
  func forgetExpiredCopies(at now: Instant) throws -> [MigrationCopy]
}

extension MaintenanceStore {
  /// Checks the invariants that do not depend on the clock.
  package func integrity() throws -> IntegrityReport { try integrity(at: nil) }

  /// Prunes without progress reports.
  package func prune(_ options: PruneOptions, pause: () throws -> Void) throws -> PruneReport {
    try prune(options, pause: pause, progress: { _ in })
  }
}

/// Observes one store repeatedly, at a cost that does not grow with the store's history.
package protocol StoreMonitoring: AnyObject {
  /// The overview of the store now, from one snapshot; no writer waits for it.
  ///
  /// Costs a walk over the devices, the messages that are pending or being sent, and what was sent and decided since the
  /// last call. The first call reads one day of sends and at most one hour of decisions. Throws if the store's file was
  /// deleted or replaced.
  func look(at now: Instant) throws -> StoreOverview
}
