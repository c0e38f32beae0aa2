/// What a pruning did, or would do.
package struct PruneReport: Equatable, Sendable {
  /// Decisions moved to the archive.
  package var archived = 0
  /// Decisions deleted from the store, including those that an earlier pruning archived but had to keep.
  package var deleted = 0
  /// Decisions that were archived and keep their row but not their record, because other rows refer to them.
  package var kept = 0
  /// Fleet records deleted.
  package var fleetRecords = 0
  /// Superseded values of leads, enrolments and steps deleted.
  package var historyRows = 0
  /// Free pages in the store's file before the pruning, in bytes. SQLite reuses free pages.
  package var freeBytesBefore = 0
  /// Free bytes afterwards; 0 if nothing was deleted yet.
  package var freeBytesAfter = 0
  /// The size of the store's file without its log.
  package var storeBytes = 0
  /// The size of the archive; 0 without an archive.
  package var archiveBytes = 0
  /// Whether this run continued an earlier pruning that was interrupted after it had written the archive.
  package var isContinued = false

  /// All counts are zero: nothing was pruned.
  package init() {}

  /// Whether the pruning writes an archive.
  package var isArchived: Bool { archived > 0 || fleetRecords > 0 }

  /// Whether nothing is old enough to prune; then no archive is created.
  package var isNothing: Bool { !isArchived && deleted == 0 && historyRows == 0 }
}
