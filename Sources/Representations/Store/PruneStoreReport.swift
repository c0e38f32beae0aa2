import Operations
import Routing
import Wire

/// The result of pruning, or of its dry run.
package struct PruneStoreReport: ListedRepresentation {
  private let report: PruneReport
  private let options: PruneOptions
  private let isDryRun: Bool

  /// `isDryRun`: the report describes what would be done.
  package init(_ report: PruneReport, _ options: PruneOptions, isDryRun: Bool) {
    (self.report, self.options, self.isDryRun) = (report, options, isDryRun)
  }

  /// One object.
  package var json: JSONValue { .object(JSONObject(members)) }

  /// One row.
  package var listing: Listing {
    let members = members
    var listing = Listing(members.map(\.0))
    listing.add(members.map(\.1))
    return listing
  }

  private var members: [(String, JSONValue)] {
    let archive: String? = report.isArchived ? options.archive : nil
    return [
      ("until", .string(options.until.rfc3339)), ("archived", JSONValue(report.archived)),
      ("deleted", JSONValue(report.deleted)), ("kept", JSONValue(report.kept)),
      ("fleet_records", JSONValue(report.fleetRecords)), ("history_rows", JSONValue(report.historyRows)),
      ("free_bytes_before", JSONValue(report.freeBytesBefore)), ("free_bytes_after", JSONValue(report.freeBytesAfter)),
      ("store_bytes", JSONValue(report.storeBytes)), ("archive_bytes", JSONValue(report.archiveBytes)),
      ("archive", JSONValue(archive)),
    ]
  }

  /// Where the decisions are and how much space was freed, for people; `store`: the store's name.
  package func sentence(store: String) -> String {
    if report.isNothing { return "no decisions before \(options.until.rfc3339) to prune" }
    if isDryRun {
      return report.isArchived
        ? "nothing was written; \(report.archived) decisions would go to \(options.archive)"
        : "nothing was written; all of them are in earlier archives"
    }
    let freed = max(report.freeBytesAfter - report.freeBytesBefore, 0)
    let place =
      report.isContinued
      ? "\(options.archive) already contained them; " : report.isArchived ? "they are in \(options.archive); " : ""
    return place + "freed \(freed) bytes inside \(store) for reuse; the file keeps its size"
  }
}

/// Copies of a store from before upgrades: a row for each.
package struct MigrationCopiesReport: ListedRepresentation {
  private let copies: [MigrationCopy]

  /// `copies` in the order of the rows.
  package init(_ copies: [MigrationCopy]) { self.copies = copies }

  /// Times in UTC, sizes in bytes.
  package var listing: Listing {
    var listing = Listing(["file", "version", "bytes", "made_at", "kept_until"])
    for copy in copies {
      listing.add([
        .string(copy.path), JSONValue(copy.version), .integer(copy.bytes), .string(copy.madeAt.rfc3339),
        .string(copy.keptUntil.rfc3339),
      ])
    }
    return listing
  }
}
