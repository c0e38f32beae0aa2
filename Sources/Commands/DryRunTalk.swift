import DryRun
import Routing
import Wire

/// A dry run's report for people and programs.
struct DryRunTalk {
  private let report: DryRunReport
  /// The most changes that the table lists.
  private let most: Int

  init(_ report: DryRunReport, most: Int = 20) { (self.report, self.most) = (report, most) }

  func text(_ format: ListingFormat) -> String {
    switch format {
    case .json: JSONWriter(style: .pretty).string(json) + "\n"
    case .csv: changes.text(.csv)
    case .table: table
    }
  }

  static func percent(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }

  private var table: String {
    let summary =
      "\(report.contacts) due contacts as of \(report.now.rfc3339): \(report.same) stay as they are, "
      + "\(report.changed) change, \(report.moved) go to another device (\(Self.percent(report.movedPercent))).\n"
    guard report.contacts > 0 else { return summary }
    var parts = [summary, outcomes.text(.table)]
    if !report.moves.isEmpty { parts.append(moves.text(.table)) }
    parts.append(devices.text(.table))
    if report.changed > 0 {
      parts.append(changes(most: most).text(.table))
      if report.changed > most {
        parts[parts.count - 1] += "… and \(report.changed - most) more; --format csv lists all\n"
      }
    }
    return parts.joined(separator: "\n")
  }

  private var json: JSONValue {
    let outcomes = { (counts: [Outcome: Int]) -> JSONValue in
      .object(JSONObject(Outcome.allCases.map { ($0.rawValue, JSONValue(counts[$0] ?? 0)) }))
    }
    return .object(
      JSONObject([
        ("now", .string(report.now.rfc3339)), ("contacts", JSONValue(report.contacts)),
        ("same", JSONValue(report.same)), ("changed", JSONValue(report.changed)),
        ("moved", JSONValue(report.moved)), ("faults", JSONValue(report.faults)),
        (
          "by_outcome",
          .object(
            JSONObject([("before", outcomes(report.outcomesBefore)), ("after", outcomes(report.outcomesAfter))]))
        ),
        ("moves", moves.json), ("devices", devices.json),
        (
          "changes",
          .array(
            report.changes.map { change in
              .object(
                JSONObject([
                  ("tenant", .string(change.tenant.text)), ("contact", .string(change.contact.text)),
                  ("before", side(change.before)), ("after", side(change.after)),
                  ("reason", .string(change.after.reason)),
                ]))
            })
        ),
      ]))
  }

  private func side(_ side: DryRunReport.Side) -> JSONValue {
    .object(
      JSONObject([
        ("outcome", .string(side.outcome.rawValue)), ("device", JSONValue(side.device?.text)),
        ("reason", .string(side.reason)),
      ]))
  }

  private var outcomes: Listing {
    var listing = Listing(["outcome", "before", "after"])
    for outcome in Outcome.allCases {
      listing.add([
        .string(outcome.rawValue), JSONValue(report.outcomesBefore[outcome] ?? 0),
        JSONValue(report.outcomesAfter[outcome] ?? 0),
      ])
    }
    return listing
  }

  private var moves: Listing {
    var listing = Listing(["tenant", "from", "to", "count"])
    for move in report.moves {
      listing.add([
        .string(move.tenant.text), JSONValue(move.from?.text), JSONValue(move.to?.text), JSONValue(move.count),
      ])
    }
    return listing
  }

  private var devices: Listing {
    var listing = Listing([
      "tenant", "device", "load", "load_before", "load_after", "queued", "queued_before", "queued_after",
    ])
    for device in report.devices {
      listing.add([
        .string(device.tenant.text), .string(device.device.text), .number(rounded(device.load)),
        .number(rounded(device.loadBefore)), .number(rounded(device.loadAfter)), JSONValue(device.queued),
        JSONValue(device.queuedBefore), JSONValue(device.queuedAfter),
      ])
    }
    return listing
  }

  private var changes: Listing { changes(most: report.changes.count) }

  private func changes(most: Int) -> Listing {
    var listing = Listing([
      "tenant", "contact", "before", "before_device", "after", "after_device", "reason",
    ])
    for change in report.changes.prefix(most) {
      listing.add([
        .string(change.tenant.text), .string(change.contact.text), .string(change.before.outcome.rawValue),
        JSONValue(change.before.device?.text), .string(change.after.outcome.rawValue),
        JSONValue(change.after.device?.text), .string(change.after.reason),
      ])
    }
    return listing
  }

  private func rounded(_ share: Double) -> Double { (share * 1000).rounded() / 1000 }
}
