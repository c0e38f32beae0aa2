import ArgumentParser
import Wire

/// How a command prints what it lists.
enum ListingFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json, csv
}

/// Rows under named columns: the one form in which commands list things, as table, JSON or CSV.
struct Listing {
  let columns: [String]
  private(set) var rows: [[JSONValue]] = []

  init(_ columns: [String]) { self.columns = columns }

  mutating func add(_ cells: [JSONValue]) {
    precondition(cells.count == columns.count, "a cell for each column")
    rows.append(cells)
  }

  /// The first rows.
  func prefix(_ most: Int) -> Listing {
    var listing = Listing(columns)
    listing.rows = Array(rows.prefix(most))
    return listing
  }

  /// An array of objects, or lines of text.
  func text(_ format: ListingFormat) -> String {
    switch format {
    case .json: JSONWriter(style: .pretty).string(json) + "\n"
    case .csv: csv
    case .table: table
    }
  }

  var json: JSONValue {
    .array(rows.map { row in .object(JSONObject(zip(columns, row).map { ($0, $1) })) })
  }

  private var csv: String {
    var writer = CSVWriter(header: columns, neutralising: true, lineEnd: .lf)
    for row in rows { writer.append(row.map { Listing.plain($0) }) }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private var table: String {
    let cells = rows.map { $0.map { terminalSafe(Listing.plain($0)) } }
    let isNumeric = columns.indices.map { column in
      rows.contains { $0[column] != .null } && rows.allSatisfy { Listing.isNumber($0[column]) }
    }
    let widths = columns.indices.map { column in
      ([columns[column]] + cells.map { $0[column] }).map(\.count).max() ?? 0
    }
    func line(_ texts: [String]) -> String {
      let padded = texts.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - texts[column].count)
        return isNumeric[column] ? space + texts[column] : texts[column] + space
      }
      return padded.joined(separator: "  ").trimmingTrailingSpaces + "\n"
    }
    let rule = widths.map { String(repeating: "─", count: $0) }
    return line(columns.map { $0.replacing("_", with: " ") }) + line(rule) + cells.map(line).joined()
  }

  private static func isNumber(_ value: JSONValue) -> Bool {
    switch value {
    case .integer, .number, .null: true
    default: false
    }
  }

  static func plain(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .bool(let value): value ? "yes" : "no"
    case .string(let value): value
    case .array(let values): values.map(plain).joined(separator: ", ")
    default: JSONWriter().string(value)
    }
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension JSONValue {
  init(_ text: String?) { self = text.map { .string($0) } ?? .null }
  init(_ count: Int) { self = .integer(Int64(count)) }
  init(_ count: Int?) { self = count.map { .integer(Int64($0)) } ?? .null }
}

extension Listing {
  /// Leaves out columns that hold nothing but zeros, after the first `keeping`: for tables that people read.
  func withoutEmptyColumns(keeping: Int) -> Listing {
    let kept = columns.indices.filter { column in
      column < keeping || rows.contains { $0[column] != .integer(0) && $0[column] != .null }
    }
    var listing = Listing(kept.map { columns[$0] })
    for row in rows { listing.add(kept.map { row[$0] }) }
    return listing
  }
}
