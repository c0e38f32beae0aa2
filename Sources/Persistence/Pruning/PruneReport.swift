import Routing

/// What a pruning did, or would do.
package struct PruneReport: Equatable, Sendable {
  /// Decisions that went to the archive.
  package internal(set) var archived = 0
  /// Decisions that are no longer in the store; among them those that an earlier pruning archived and had to keep.
  package internal(set) var deleted = 0
  /// Decisions that were archived and stay, without their record: something refers to them.
  package internal(set) var kept = 0
  /// Fleets on record that went.
  package internal(set) var fleetRecords = 0
  /// Replaced values of leads, enrolments and steps that went.
  package internal(set) var historyRows = 0
  /// Free pages inside the store's file before and after, in bytes; what was freed is used again.
  package internal(set) var freeBytesBefore = 0
  package internal(set) var freeBytesAfter = 0
  /// The store's file without its log, and the archive's.
  package internal(set) var storeBytes = 0
  package internal(set) var archiveBytes = 0
  /// Whether an earlier pruning had written the archive and was interrupted.
  package internal(set) var isContinued = false

  /// Whether anything goes to an archive.
  package var isArchived: Bool { archived > 0 || fleetRecords > 0 }

  package var isNothing: Bool { !isArchived && deleted == 0 && historyRows == 0 }
}
