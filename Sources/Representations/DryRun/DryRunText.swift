import DryRun
import Operations
import Routing
import Terminal
import Wire

/// A comparison of two ways of deciding: counts, reasons, moves and devices, and the contacts that the report lists.
package struct DryRunText: StreamedRepresentation {
  private let report: DryRunReport
  private let most: Int
  private let subject: String
  private let changes: DryRunChanges

  /// `most`: the most lines of each list in a table. `subject`: what was decided twice; nil: `due or waiting contacts as of …`.
  package init(_ report: DryRunReport, most: Int = 20, subject: String? = nil) {
    (self.report, self.most) = (report, most)
    self.subject = subject ?? "due or waiting contacts as of \(report.now.rfc3339)"
    changes = DryRunChanges(report, most: most)
  }

  /// Counts first, contacts last. Holds all listed contacts in memory: `write` needs less.
  package var json: JSONValue {
    guard case .object(var object) = head else { return .null }
    object["changes"] = changes.json
    return .object(object)
  }

  /// A summary, then the lists, each cut at `most` lines.
  package func table(columns: Int?) -> StyledText { StyledText(table(columns)) }

  /// CSV contains only the contacts.
  package func write(_ format: ListingFormat, columns: Int?, to put: ([UInt8]) throws -> Void) rethrows {
    switch format {
    case .json:
      var text = JSONWriter(style: .pretty).string(head)
      // The last member is written in pieces.
      text.removeLast("\n}".count)
      try put(Array((text + ",\n  \"changes\": ").utf8))
      try changes.writeArray(depth: 1, to: put)
      try put(Array("\n}\n".utf8))
    case .csv: try changes.write(.csv, columns: columns, to: put)
    case .table: try put(Array(table(columns).utf8))
    }
  }

  // MARK: - For people

  private func table(_ columns: Int?) -> String {
    let sentence =
      "\(report.contacts) \(subject): \(report.same) stay as they are, "
      + "\(report.changed) change, \(report.moved) go to another device (\(report.movedPercentText)).\n"
    let summary = StyledText(sentence).wrapped(to: columns).plain
    guard report.contacts > 0 else { return summary }
    var parts = [summary, outcomes.text(.table, columns: columns), shown(reasons.without(["code"]), columns)]
    if !report.moves.isEmpty {
      parts.append(shown(moves(report.moves.sorted { $0.count > $1.count }), columns))
    }
    if !report.devices.isEmpty { parts.append(shown(devices(busiestFirst: report.devices.count > most), columns)) }
    if report.changed > 0 { parts.append(changes.table(columns, of: report.changed)) }
    return parts.joined(separator: "\n")
  }

  private func shown(_ listing: Listing, _ columns: Int?) -> String {
    guard listing.rows.count > most else { return listing.text(.table, columns: columns) }
    return listing.prefix(most).text(.table, columns: columns)
      + "… and \(listing.rows.count - most) more; --format json lists all\n"
  }

  // MARK: - For programs

  private var head: JSONValue {
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
        ("reasons", reasons.json), ("moves", moves(report.moves).json),
        ("devices", devices(busiestFirst: false).json),
      ]))
  }

  // MARK: - Lists

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

  private var reasons: Listing {
    var listing = Listing(["outcome", "reason", "code", "before", "after"])
    for line in report.reasons.lines {
      listing.add([
        .string(line.outcome.rawValue), .string(line.reason), line.code.json, JSONValue(line.before),
        JSONValue(line.after),
      ])
    }
    return listing
  }

  private func moves(_ moves: [DryRunReport.Move]) -> Listing {
    var listing = Listing(["tenant", "from", "to", "count"])
    for move in moves {
      listing.add([
        .string(move.tenant.text), JSONValue(move.from?.text), JSONValue(move.to?.text), JSONValue(move.count),
      ])
    }
    return listing
  }

  /// `busiestFirst`: sorted by how much changes on a device.
  private func devices(busiestFirst: Bool) -> Listing {
    var listing = Listing([
      "tenant", "device", "load", "load_before", "load_after", "queued", "queued_before", "queued_after",
    ])
    for device in busiestFirst ? report.mostChangedDevices : report.devices {
      listing.add([
        .string(device.tenant.text), .string(device.device.text), .number(rounded(device.load)),
        .number(rounded(device.loadBefore)), .number(rounded(device.loadAfter)), JSONValue(device.queued),
        JSONValue(device.queuedBefore), JSONValue(device.queuedAfter),
      ])
    }
    return listing
  }

  private func rounded(_ share: Double) -> Double { (share * 1000).rounded() / 1000 }
}

extension DryRunReport {
  /// Devices sorted by how many messages the candidate adds to them or removes from them.
  var mostChangedDevices: [DeviceLoadChange] {
    devices.enumerated().sorted { a, b in
      let (one, two) = (a.element, b.element)
      let (first, second) = (abs(one.queuedAfter - one.queuedBefore), abs(two.queuedAfter - two.queuedBefore))
      if first != second { return first > second }
      return one.loadAfter != two.loadAfter ? one.loadAfter > two.loadAfter : a.offset < b.offset
    }.map(\.element)
  }
}
