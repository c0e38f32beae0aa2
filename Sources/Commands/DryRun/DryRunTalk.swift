import DryRun
import Representations
import Routing
import Wire

/// A comparison of two ways of deciding, for people and programs.
struct DryRunTalk {
  let report: DryRunReport
  /// The most lines of each list that a table shows.
  private let most: Int
  /// What was decided twice, as in `due contacts as of …`.
  private let subject: String
  /// Of the terminal that tables are for, if any.
  private let columns: Int?

  init(_ report: DryRunReport, most: Int = 20, subject: String? = nil, columns: Int? = nil) {
    (self.report, self.most, self.columns) = (report, most, columns)
    self.subject = subject ?? "due contacts as of \(report.now.rfc3339)"
  }

  func text(_ format: ListingFormat) -> String {
    var bytes: [UInt8] = []
    write(format) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// In pieces of whole lines, so that a report of a million changes is never in memory as text.
  func write(_ format: ListingFormat, to put: ([UInt8]) throws -> Void) rethrows {
    switch format {
    case .json: try writeJSON(to: put)
    case .csv: try writeRows(to: put)
    case .table: try put(Array(table.utf8))
    }
  }

  /// Only the contacts that the report lists.
  func writeList(_ format: ListingFormat, to put: ([UInt8]) throws -> Void) rethrows {
    switch format {
    case .csv: try writeRows(to: put)
    case .json:
      try put(Array("[".utf8))
      try writeChanges(depth: 1, to: put)
      try put(Array("]\n".utf8))
    case .table:
      let most = 1000
      try put(Array(changes(most: most).text(.table, columns: columns).utf8))
      if report.changes.count > most { try put(Array(more(report.changes.count - most).utf8)) }
    }
  }

  static func percent(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }

  // MARK: - For people

  private var table: String {
    let summary =
      "\(report.contacts) \(subject): \(report.same) stay as they are, "
      + "\(report.changed) change, \(report.moved) go to another device (\(Self.percent(report.movedPercent))).\n"
    guard report.contacts > 0 else { return summary }
    var parts = [summary, outcomes.text(.table, columns: columns), shown(reasons)]
    if !report.moves.isEmpty {
      parts.append(shown(moves(report.moves.sorted { $0.count > $1.count })))
    }
    if !report.devices.isEmpty { parts.append(shown(devices(busiestFirst: report.devices.count > most))) }
    if report.changed > 0 {
      parts.append(changes(most: most).text(.table, columns: columns))
      if report.changed > most { parts[parts.count - 1] += more(report.changed - most) }
    }
    return parts.joined(separator: "\n")
  }

  private func shown(_ listing: Listing) -> String {
    guard listing.rows.count > most else { return listing.text(.table, columns: columns) }
    return listing.prefix(most).text(.table, columns: columns)
      + "… and \(listing.rows.count - most) more; --format json has all\n"
  }

  private func more(_ count: Int) -> String { "… and \(count) more; --format csv lists all\n" }

  // MARK: - For programs

  private func writeRows(to put: ([UInt8]) throws -> Void) rethrows {
    var writer = CSVWriter(header: Self.columns, neutralising: true, lineEnd: .lf)
    for change in report.changes {
      writer.append(Self.cells(change).map(Listing.plain))
      if writer.bytes.count > 1 << 16 { try put(writer.drain()) }
    }
    try put(writer.drain())
  }

  private func writeJSON(to put: ([UInt8]) throws -> Void) rethrows {
    var text = JSONWriter(style: .pretty).string(head)
    // The last member is written piece by piece.
    text.removeLast("\n}".count)
    try put(Array((text + ",\n  \"changes\": [").utf8))
    try writeChanges(depth: 2, to: put)
    try put(Array("]\n}\n".utf8))
  }

  private func writeChanges(depth: Int, to put: ([UInt8]) throws -> Void) rethrows {
    let writer = JSONWriter(style: .pretty)
    let (inner, outer) = (String(repeating: "  ", count: depth), String(repeating: "  ", count: depth - 1))
    var bytes: [UInt8] = []
    for (place, change) in report.changes.enumerated() {
      bytes += Array(((place == 0 ? "\n" : ",\n") + inner).utf8)
      writer.append(Self.json(change), depth: depth, to: &bytes)
      if bytes.count > 1 << 16 {
        try put(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    if !report.changes.isEmpty { bytes += Array("\n\(outer)".utf8) }
    try put(bytes)
  }

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

  private static func json(_ change: DryRunReport.Change) -> JSONValue {
    .object(
      JSONObject([
        ("tenant", .string(change.tenant.text)), ("contact", .string(change.contact.text)),
        ("before", json(change.before)), ("after", json(change.after)), ("reason", .string(change.after.reason)),
      ]))
  }

  private static func json(_ side: DryRunReport.Side) -> JSONValue {
    .object(
      JSONObject([
        ("outcome", .string(side.outcome.rawValue)), ("device", JSONValue(side.device?.text)),
        ("reason", .string(side.reason)),
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
    var listing = Listing(["outcome", "reason", "before", "after"])
    for line in report.reasons.lines {
      listing.add([
        .string(line.outcome.rawValue), .string(line.reason), JSONValue(line.before), JSONValue(line.after),
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

  /// With `busiestFirst`, by what changes on them.
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

  private static let columns = [
    "tenant", "contact", "before", "before_device", "after", "after_device", "reason",
  ]

  private func changes(most: Int) -> Listing {
    var listing = Listing(Self.columns)
    for change in report.changes.prefix(most) { listing.add(Self.cells(change)) }
    return listing
  }

  private static func cells(_ change: DryRunReport.Change) -> [JSONValue] {
    [
      .string(change.tenant.text), .string(change.contact.text), .string(change.before.outcome.rawValue),
      JSONValue(change.before.device?.text), .string(change.after.outcome.rawValue),
      JSONValue(change.after.device?.text), .string(change.after.reason),
    ]
  }

  private func rounded(_ share: Double) -> Double { (share * 1000).rounded() / 1000 }
}

extension DryRunReport {
  /// Devices by how many messages the candidate puts on them or takes from them.
  var mostChangedDevices: [DeviceLoadChange] {
    devices.enumerated().sorted { a, b in
      let (one, two) = (a.element, b.element)
      let (first, second) = (abs(one.queuedAfter - one.queuedBefore), abs(two.queuedAfter - two.queuedBefore))
      if first != second { return first > second }
      return one.loadAfter != two.loadAfter ? one.loadAfter > two.loadAfter : a.offset < b.offset
    }.map(\.element)
  }
}
