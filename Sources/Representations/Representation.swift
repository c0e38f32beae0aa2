import Terminal
import Wire

/// A report or an answer of a command, for programs and for people. Command line, API and console all show the same one.
package protocol Representation {
  /// What `--format json` prints and an API answers.
  var json: JSONValue { get }
  /// The layout of `--format json`: several lines, unless a command's contract promises one line.
  var jsonStyle: JSONWriter.Style { get }
  /// What `--format csv` prints, with a header row.
  var csv: String { get }
  /// Tables and sentences. `columns`: the width of the terminal in characters; nil for no limit.
  func table(columns: Int?) -> StyledText
}

/// A representation that is one listing in every format.
package protocol ListedRepresentation: Representation {
  /// All columns and rows, for programs; the JSON is an array of objects.
  var listing: Listing { get }
  /// The columns and rows for people; by default all of them.
  var tableListing: Listing { get }
}

extension ListedRepresentation {
  /// An array with an object for each row.
  package var json: JSONValue { listing.json }
  /// The rows, with a header row.
  package var csv: String { listing.csv }
  /// All columns and rows.
  package var tableListing: Listing { listing }
  /// `tableListing`, with columns narrowed to fit.
  package func table(columns: Int?) -> StyledText { tableListing.table(columns: columns) }
}

/// The output formats of commands.
package enum ListingFormat: String, CaseIterable, Sendable {
  case table, json, csv
}

extension Representation {
  /// Over several lines; a command that promises one line overrides it.
  package var jsonStyle: JSONWriter.Style { .pretty }

  /// The whole text in a format, with a newline at its end. `columns`: the width of a table, as `table(columns:)` takes it.
  package func text(_ format: ListingFormat, columns: Int? = nil) -> String {
    switch format {
    case .json: JSONWriter(style: jsonStyle).string(json) + "\n"
    case .csv: csv
    case .table: table(columns: columns).plain
    }
  }
}
