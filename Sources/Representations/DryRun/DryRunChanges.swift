import DryRun
import Policies
import Routing
import Terminal
import Wire

/// The contacts that a dry run's report lists individually, with the decisions of both sides.
package struct DryRunChanges: StreamedRepresentation {
  private static let columns = [
    "tenant", "contact", "before", "before_device", "after", "after_device", "reason", "code",
    "before_waitlist", "waitlist",
  ]
  /// The size at which a piece is written; bytes.
  private static let pieceBytes = 1 << 16

  private let report: DryRunReport
  private let most: Int

  /// `most`: the most contacts that a table shows.
  package init(_ report: DryRunReport, most: Int = 1000) { (self.report, self.most) = (report, most) }

  /// Holds all contacts in memory: `write` needs less.
  package var json: JSONValue { .array(report.changes.map(Self.json)) }

  /// The first `most` contacts, then a line with the number of the others.
  package func table(columns: Int?) -> StyledText { StyledText(table(columns, of: report.changes.count)) }

  /// Writes in pieces, so that memory does not grow with the number of contacts. Rethrows the errors of `put`.
  package func write(_ format: ListingFormat, columns: Int?, to put: ([UInt8]) throws -> Void) rethrows {
    switch format {
    case .json:
      try writeArray(depth: 0, to: put)
      try put([UInt8(ascii: "\n")])
    case .csv: try writeRows(to: put)
    case .table: try put(Array(table(columns, of: report.changes.count).utf8))
    }
  }

  /// `count`: the number of all contacts; a report may hold fewer.
  func table(_ columns: Int?, of count: Int) -> String {
    var listing = Listing(Self.columns)
    for change in report.changes.prefix(most) {
      // People get words instead of JSON.
      let waitlists = [change.before.waitlist, change.after.waitlist].map { JSONValue($0?.text()) }
      listing.add(Self.cells(change).dropLast(2) + waitlists)
    }
    let hasWaitlists = report.changes.prefix(most).contains { $0.before.waitlist != nil || $0.after.waitlist != nil }
    let hidden = hasWaitlists ? ["code"] : ["code", "before_waitlist", "waitlist"]
    let text = listing.without(hidden).text(.table, columns: columns)
    return count > most ? text + "… and \(count - most) more; --format csv lists all\n" : text
  }

  /// The pretty JSON of the array, without a newline at its end. `depth`: the indentation of the enclosing value.
  func writeArray(depth: Int, to put: ([UInt8]) throws -> Void) rethrows {
    let writer = JSONWriter(style: .pretty)
    let (outer, inner) = (String(repeating: "  ", count: depth), String(repeating: "  ", count: depth + 1))
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    for (place, change) in report.changes.enumerated() {
      bytes += Array(((place == 0 ? "\n" : ",\n") + inner).utf8)
      writer.append(Self.json(change), depth: depth + 1, to: &bytes)
      if bytes.count > Self.pieceBytes {
        try put(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    if !report.changes.isEmpty { bytes += Array("\n\(outer)".utf8) }
    try put(bytes + [UInt8(ascii: "]")])
  }

  private func writeRows(to put: ([UInt8]) throws -> Void) rethrows {
    var writer = CSVWriter(header: Self.columns, neutralising: true, lineEnd: .lf)
    for change in report.changes {
      writer.append(Self.cells(change).map(Listing.plain))
      if writer.bytes.count > Self.pieceBytes { try put(writer.drain()) }
    }
    try put(writer.drain())
  }

  private static func cells(_ change: DryRunReport.Change) -> [JSONValue] {
    [
      .string(change.tenant.text), .string(change.contact.text), .string(change.before.outcome.rawValue),
      JSONValue(change.before.device?.text), .string(change.after.outcome.rawValue),
      JSONValue(change.after.device?.text), .string(change.after.reason), change.after.code.json,
      change.before.waitlist.json, change.after.waitlist.json,
    ]
  }

  private static func json(_ change: DryRunReport.Change) -> JSONValue {
    .object(
      JSONObject([
        ("tenant", .string(change.tenant.text)), ("contact", .string(change.contact.text)),
        ("before", json(change.before)), ("after", json(change.after)), ("reason", .string(change.after.reason)),
        ("code", change.after.code.json),
      ]))
  }

  private static func json(_ side: DryRunReport.Side) -> JSONValue {
    .object(
      JSONObject([
        ("outcome", .string(side.outcome.rawValue)), ("device", JSONValue(side.device?.text)),
        ("reason", .string(side.reason)), ("code", side.code.json), ("waitlist", side.waitlist.json),
      ]))
  }
}
