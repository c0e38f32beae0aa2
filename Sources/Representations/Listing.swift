import Routing
import Terminal
import Wire

/// Rows under named columns: how commands list things, as a table, JSON or CSV.
package struct Listing: Representation {
  /// The names of the columns, in their order: the keys of the JSON.
  package let columns: [String]
  /// A cell for each column.
  package private(set) var rows: [[JSONValue]] = []

  /// No rows yet.
  package init(_ columns: [String]) { self.columns = columns }

  /// Appends a row: a cell for each column.
  package mutating func add(_ cells: [JSONValue]) {
    precondition(cells.count == columns.count, "a cell for each column")
    rows.append(cells)
  }

  /// The first rows, at most so many.
  package func prefix(_ most: Int) -> Listing {
    var listing = Listing(columns)
    listing.rows = Array(rows.prefix(most))
    return listing
  }

  /// An array of objects.
  package var json: JSONValue {
    .array(rows.map { row in .object(JSONObject(zip(columns, row).map { ($0, $1) })) })
  }

  /// Plain values; a value that a spreadsheet would run as a formula is made harmless.
  package var csv: String {
    var writer = CSVWriter(header: columns, neutralising: true, lineEnd: .lf)
    for row in rows { writer.append(row.map { Listing.plain($0) }) }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// For people: without columns that are empty in every row, with short digests, and at most `most` columns of a terminal
  /// wide, nil for no limit. A table that does not fit gets short times first, then narrower columns.
  package func table(columns most: Int?) -> StyledText {
    let whole = layout(Listing.plain)
    guard let most, whole.width > most else { return whole.text(columns: most) }
    return layout(Listing.short).text(columns: most)
  }

  private func layout(_ words: (JSONValue) -> String) -> TableLayout {
    let digests = ShortDigests(telling: rows.joined().map(Listing.plain))
    let texts = rows.map { $0.map { digests.shortening(words($0)) } }
    let kept = columns.indices.filter { column in texts.isEmpty || texts.contains { !$0[column].isEmpty } }
    let isFigures = kept.map { column in
      rows.contains { $0[column] != .null } && rows.allSatisfy { Listing.isNumber($0[column]) }
    }
    let cells = rows.indices.map { row in
      kept.map { column in
        StyledText(terminalSafe(texts[row][column]), CellTone.of(rows[row][column], in: columns[column]))
      }
    }
    return TableLayout(
      titles: kept.map { columns[$0].replacing("_", with: " ") }, cells: cells, isFigures: isFigures)
  }

  /// A time to the second, in two words, so that a narrow column can break it.
  private static func short(_ value: JSONValue) -> String {
    guard case .string(let text) = value, text.hasSuffix("Z"), text.utf8.count <= 24, Instant(rfc3339: text) != nil
    else { return plain(value) }
    return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + "Z"
  }

  private static func isNumber(_ value: JSONValue) -> Bool {
    switch value {
    case .integer, .number, .null: true
    default: false
    }
  }

  /// A value as a cell of a table or of CSV has it.
  package static func plain(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .bool(let value): value ? "yes" : "no"
    case .string(let value): value
    case .array(let values): values.map(plain).joined(separator: ", ")
    default: JSONWriter().string(value)
    }
  }
}

extension JSONValue {
  /// Nil is null.
  package init(_ text: String?) { self = text.map { .string($0) } ?? .null }
  /// A count.
  package init(_ count: Int) { self = .integer(Int64(count)) }
  /// Nil is null.
  package init(_ count: Int?) { self = count.map { .integer(Int64($0)) } ?? .null }
}

extension Listing {
  /// Omits columns, after the first `keeping`, that contain only zeros and nulls: for tables that people read.
  package func withoutEmptyColumns(keeping: Int) -> Listing {
    let kept = columns.indices.filter { column in
      column < keeping || rows.contains { $0[column] != .integer(0) && $0[column] != .null }
    }
    var listing = Listing(kept.map { columns[$0] })
    for row in rows { listing.add(kept.map { row[$0] }) }
    return listing
  }

  /// Omits the named columns, which a table for people does not show.
  package func without(_ names: [String]) -> Listing {
    let kept = columns.indices.filter { !names.contains(columns[$0]) }
    var listing = Listing(kept.map { columns[$0] })
    for row in rows { listing.add(kept.map { row[$0] }) }
    return listing
  }
}
