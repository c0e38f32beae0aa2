import Operations
import Representations
import Routing
import Wire

/// What a shadow came to, as tables, JSON or CSV.
struct ShadowTalk {
  let tenant: TenantID
  let shadow: PolicyTrial
  let report: ShadowReport

  /// Lines of each part in a table; CSV and JSON have all.
  private static let tableMax = 20

  static func text(_ talks: [ShadowTalk], _ format: ListingFormat) -> String {
    switch format {
    case .json: JSONWriter(style: .pretty).string(.array(talks.map(\.json))) + "\n"
    case .csv: differences(talks).text(.csv)
    case .table:
      summary(talks).text(.table) + part("What differs", differences(talks))
        + part("Contact by contact", samples(talks))
    }
  }

  private static func part(_ title: String, _ listing: Listing) -> String {
    guard !listing.rows.isEmpty else { return "" }
    let more = listing.rows.count > tableMax ? "… and \(listing.rows.count - tableMax) more\n" : ""
    return "\n\(title)\n" + listing.prefix(tableMax).text(.table) + more
  }

  /// Parts of a hundred with two places, as a number.
  private var agreement: JSONValue {
    let counts = report.counts
    return counts.compared == 0 ? .null : .number(Double(counts.agreed * 10_000 / counts.compared) / 100)
  }

  private func mean(_ sum: Int64) -> JSONValue {
    report.counts.compared == 0 ? .null : .integer(sum / Int64(report.counts.compared))
  }

  private static let columns = [
    "tenant", "since", "share", "compared", "agreed", "agreement", "faults", "live_faults", "not_asked",
    "mean_instructions", "max_instructions", "live_mean_instructions", "live_max_instructions",
  ]

  private var cells: [JSONValue] {
    let counts = report.counts
    return [
      .string(tenant.text), .integer(shadow.since), .string(Percent.text(shadow.share.partsPerMillion)),
      JSONValue(counts.compared), JSONValue(counts.agreed), agreement, JSONValue(counts.faults),
      JSONValue(counts.liveFaults), JSONValue(counts.notAsked), mean(counts.instructions),
      .integer(counts.instructionsMax), mean(counts.liveInstructions), .integer(counts.liveInstructionsMax),
    ]
  }

  private static func summary(_ talks: [ShadowTalk]) -> Listing {
    var listing = Listing(columns)
    for talk in talks { listing.add(talk.cells) }
    return listing
  }

  private static func differences(_ talks: [ShadowTalk]) -> Listing {
    var listing = Listing(["tenant", "decisions", "live", "live_reason", "shadow", "shadow_reason"])
    for talk in talks {
      for difference in talk.report.differences {
        let kind = difference.kind
        listing.add([
          .string(talk.tenant.text), JSONValue(difference.decisions), .string(kind.liveOutcome.rawValue),
          .string(kind.liveReason), .string(kind.shadowOutcome.rawValue), .string(kind.shadowReason),
        ])
      }
    }
    return listing
  }

  private static func samples(_ talks: [ShadowTalk]) -> Listing {
    var listing = Listing([
      "tenant", "contact", "at", "live", "live_device", "live_reason", "shadow", "shadow_device", "shadow_reason",
      "shadow_instructions",
    ])
    for talk in talks {
      for found in talk.report.samples {
        let (live, shadow) = (found.sample.live, found.sample.shadow)
        listing.add([
          .string(talk.tenant.text), .string(found.sample.contact.text), .string(found.at.rfc3339),
          .string(live.outcome.rawValue), JSONValue(live.device?.text), .string(live.reason),
          .string(shadow.outcome.rawValue), JSONValue(shadow.device?.text), .string(shadow.reason),
          .integer(found.sample.instructions),
        ])
      }
    }
    return listing
  }

  private var json: JSONValue {
    var members = Array(zip(ShadowTalk.columns, cells))
    members.insert(("revisions", .array(shadow.revisions.map { .string($0.digest) })), at: 3)
    members.append(("differences", ShadowTalk.differences([self]).json))
    members.append(("samples", ShadowTalk.samples([self]).json))
    return .object(JSONObject(members))
  }
}
