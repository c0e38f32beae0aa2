import Routing
import Terminal
import Wire

/// What `usher store clock accept` found and changed.
package struct ClockCorrectionReport: Representation {
  private let correction: ClockCorrection

  /// The report of a correction, or of its dry run.
  package init(_ correction: ClockCorrection) { self.correction = correction }

  /// One object: the times that were ahead, and the changes.
  package var json: JSONValue {
    .object(
      JSONObject([
        ("now", .string(correction.found.now.rfc3339)), ("dry_run", .bool(correction.isDryRun)),
        ("newest", JSONValue(correction.found.newest?.rfc3339)),
        ("moved_back_ms", .integer(correction.shiftMilliseconds)), ("ends_hold", .bool(correction.released != nil)),
        ("released", .bool(correction.released != nil && !correction.isDryRun)),
        ("ahead", ahead.json), ("changes", changes.json),
      ]))
  }

  /// The changes, a row for each.
  package var csv: String { changes.csv }

  /// The times that were ahead, then the changes; empty parts are left out.
  package func table(columns: Int?) -> StyledText {
    [ahead, changes].filter { !$0.rows.isEmpty }.map { $0.table(columns: columns) }
      .reduce(StyledText()) { $0.plain.isEmpty ? $1 : $0 + "\n" + $1 }
  }

  /// What happened, for people: a sentence for each part.
  package var sentences: [String] {
    if correction.isNothing {
      return ["no time on record is ahead of the clock, and no hold to end: nothing to accept"]
    }
    var sentences: [String] = []
    if correction.shiftMilliseconds > 0 {
      sentences.append(
        "sends on record \(correction.isDryRun ? "would move" : "move") back by \(ClockDistance.text(milliseconds: correction.shiftMilliseconds)): the newest \(correction.isDryRun ? "would be" : "is") at "
          + correction.found.now.rfc3339)
    }
    if let hold = correction.released {
      sentences.append(
        correction.isDryRun
          ? "would be released: sending is on hold\(hold.details)"
          : "released: sending was on hold\(hold.details)")
    }
    if correction.isDryRun { sentences.append("nothing was written") }
    return sentences
  }

  private var ahead: Listing {
    var listing = Listing(["ahead", "count", "newest"])
    for line in correction.found.lines {
      listing.add([.string(line.kind.rawValue), JSONValue(line.count), .string(line.newest.rfc3339)])
    }
    return listing
  }

  private var changes: Listing {
    var listing = Listing(["changed", "count"])
    for change in correction.changes { listing.add([.string(change.what), JSONValue(change.count)]) }
    return listing
  }
}
