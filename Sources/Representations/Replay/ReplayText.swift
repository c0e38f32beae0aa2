import DryRun
import Policies
import Routing
import Terminal
import Wire

/// The results of making recorded decisions again: counts, and the first decision that differs.
package struct ReplayText: Representation {
  private let report: ReplayReport

  /// Takes the report as it is.
  package init(_ report: ReplayReport) { self.report = report }

  /// A row for each count, as CSV and as a table.
  package var csv: String { parts.csv }

  /// The counts and their total; the first difference is only in `json`.
  package func table(columns: Int?) -> StyledText { parts.table(columns: columns) }

  private var counts: [(String, Int)] {
    [
      ("identical", report.identical), ("different", report.different), ("not_asked", report.notAsked),
      ("timeouts", report.timeouts), ("without_record", report.unrecorded.byPolicies),
      ("by_operators", report.unrecorded.byOperators), ("archived", report.unrecorded.archived),
    ]
  }

  private var parts: Listing {
    var listing = Listing(["part", "decisions"])
    for (part, count) in counts { listing.add([.string(part), JSONValue(count)]) }
    listing.add([.string("total"), JSONValue(report.decisions)])
    return listing
  }

  /// The counts, then the digests of `foreign_revisions` and `first_difference`, which is null when none differs.
  package var json: JSONValue {
    let difference = report.firstDifference.map { difference in
      JSONValue.object(
        JSONObject([
          ("tenant", .string(difference.tenant.text)), ("contact", .string(difference.contact.text)),
          ("decision", .integer(difference.decision)), ("at", .string(difference.at.rfc3339)),
          ("key", JSONValue(difference.key)), ("recorded", difference.recorded.json),
          ("replayed", difference.replayed.json),
        ]))
    }
    return .object(
      JSONObject(
        [("decisions", JSONValue(report.decisions))] + counts.map { ($0.0, JSONValue($0.1)) }
          + [
            ("foreign_revisions", .array(report.foreignRevisions.map { .string($0) })),
            ("first_difference", difference ?? .null),
          ]))
  }
}
