/// What a pruning did, or would do.
package struct PruneReport: Equatable, Sendable {
  /// Decisions that went to the archive.
  package var archived = 0
  /// Decisions that are no longer in the store; among them those that an earlier pruning archived and had to keep.
  package var deleted = 0
  /// Decisions that were archived and stay, without their record: something refers to them.
  package var kept = 0
  /// Fleets on record that went.
  package var fleetRecords = 0
  /// Replaced values of leads, enrolments and steps that went.
  package var historyRows = 0
  /// Free pages inside the store's file before and after, in bytes; what was freed is used again.
  package var freeBytesBefore = 0
  /// The same after; 0 where nothing was deleted yet.
  package var freeBytesAfter = 0
  /// The store's file without its log, and the archive's.
  package var storeBytes = 0
  /// Bytes of the archive; 0 when nothing went to one.
  package var archiveBytes = 0
  /// Whether an earlier pruning had written the archive and was interrupted.
  package var isContinued = false

  /// Zeros: nothing was pruned.
  package init() {}

  /// Whether anything goes to an archive.
  package var isArchived: Bool { archived > 0 || fleetRecords > 0 }

  /// Whether nothing is old enough: then no archive is made.
  package var isNothing: Bool { !isArchived && deleted == 0 && historyRows == 0 }
}
