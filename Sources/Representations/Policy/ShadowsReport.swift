import Operations
import Routing
import Terminal
import Wire

/// How shadows compare with the live decisions: counts, differences, and the first differences by contact.
package struct ShadowsReport: Representation {
  /// The most rows of each part in a table; CSV and JSON have all.
  private static let tableMax = 20

  private static let columns = [
    "tenant", "since", "share", "compared", "agreed", "agreement", "faults", "live_faults", "not_asked",
    "mean_instructions", "max_instructions", "live_mean_instructions", "live_max_instructions",
  ]

  private let shadows: [ShadowStatus]

  /// `shadows` in the order of the rows.
  package init(_ shadows: [ShadowStatus]) { self.shadows = shadows }

  /// An object for each shadow, with its `revisions`, `differences` and `samples`.
  package var json: JSONValue { .array(shadows.map(ShadowsReport.json)) }

  /// A row for each kind of difference.
  package var csv: String { ShadowsReport.differences(shadows).csv }

  /// The parts below each other, each as a table of its own.
  package func table(columns: Int?) -> StyledText {
    var summary = Listing(ShadowsReport.columns)
    for shadow in shadows { summary.add(ShadowsReport.cells(shadow)) }
    return StyledText(
      summary.text(.table, columns: columns) + part("What differs", ShadowsReport.differences(shadows), columns)
        + part("Contact by contact", ShadowsReport.samples(shadows), columns))
  }

  private func part(_ title: String, _ listing: Listing, _ columns: Int?) -> String {
    guard !listing.rows.isEmpty else { return "" }
    let more =
      listing.rows.count > ShadowsReport.tableMax ? "… and \(listing.rows.count - ShadowsReport.tableMax) more\n" : ""
    return "\n\(title)\n" + listing.prefix(ShadowsReport.tableMax).text(.table, columns: columns) + more
  }

  // MARK: - Rows

  private static func cells(_ shadow: ShadowStatus) -> [JSONValue] {
    let (trial, counts) = (shadow.shadow, shadow.report.counts)
    // Percent with two places, as a number.
    let agreement: JSONValue =
      counts.compared == 0 ? .null : .number(Double(counts.agreed * 10_000 / counts.compared) / 100)
    let mean = { (sum: Int64) -> JSONValue in counts.compared == 0 ? .null : .integer(sum / Int64(counts.compared)) }
    return [
      .string(shadow.tenant.text), .integer(trial.since), .string(Percent.text(trial.share.partsPerMillion)),
      JSONValue(counts.compared), JSONValue(counts.agreed), agreement, JSONValue(counts.faults),
      JSONValue(counts.liveFaults), JSONValue(counts.notAsked), mean(counts.instructions),
      .integer(counts.instructionsMax), mean(counts.liveInstructions), .integer(counts.liveInstructionsMax),
    ]
  }

  private static func differences(_ shadows: [ShadowStatus]) -> Listing {
    var listing = Listing(["tenant", "decisions", "live", "live_reason", "shadow", "shadow_reason"])
    for shadow in shadows {
      for difference in shadow.report.differences {
        let kind = difference.kind
        listing.add([
          .string(shadow.tenant.text), JSONValue(difference.decisions), .string(kind.liveOutcome.rawValue),
          .string(kind.liveReason), .string(kind.shadowOutcome.rawValue), .string(kind.shadowReason),
        ])
      }
    }
    return listing
  }

  private static func samples(_ shadows: [ShadowStatus]) -> Listing {
    var listing = Listing([
      "tenant", "contact", "at", "live", "live_device", "live_reason", "shadow", "shadow_device", "shadow_reason",
      "shadow_instructions",
    ])
    for status in shadows {
      for found in status.report.samples {
        let (live, shadow) = (found.sample.live, found.sample.shadow)
        listing.add([
          .string(status.tenant.text), .string(found.sample.contact.text), .string(found.at.rfc3339),
          .string(live.outcome.rawValue), JSONValue(live.device?.text), .string(live.reason),
          .string(shadow.outcome.rawValue), JSONValue(shadow.device?.text), .string(shadow.reason),
          .integer(found.sample.instructions),
        ])
      }
    }
    return listing
  }

  private static func json(_ shadow: ShadowStatus) -> JSONValue {
    var members = Array(zip(columns, cells(shadow)))
    members.insert(("revisions", TrialCells.digests(shadow.shadow)), at: 3)
    members.append(("differences", differences([shadow]).json))
    members.append(("samples", samples([shadow]).json))
    return .object(JSONObject(members))
  }
}
