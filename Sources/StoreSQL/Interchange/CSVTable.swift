import Routing

extension CSVTable {
  /// The type of a column's cells.
  enum Kind {
    case text, flag, whole, number
    /// Strings separated by `|`. A `|` inside a string is written `\|`, and a backslash `\\`.
    case list
    /// A string, number or flag. A string that looks like a number or flag is in JSON quotes.
    case scalar
  }

  /// Where a column's value is in the JSON of a line.
  enum Place: Equatable {
    case key(String)
    case member(of: String, String)
    case element(of: String, Int)
  }

  struct Column {
    var name: String
    var kind: Kind
    var place: Place

    init(_ name: String, _ kind: Kind, _ place: Place? = nil) {
      (self.name, self.kind, self.place) = (name, kind, place ?? .key(name))
    }
  }

  /// The prefix of a column that holds one attribute.
  static let attributePrefix = "attributes."

  /// The columns that a file may have, except attributes, in export order.
  var columns: [Column] {
    carried.compactMap { $0.name == "opted_out" ? Column($0.name, .flag) : $0.csv }
  }

  /// The fields in a CSV file: those of a JSON line; for a lead also `triggers`, which have lines of their own in JSON,
  /// and `opted_out`, which only imports accept.
  var carried: [Carried] {
    let own = [Carried("tenant", .text), Carried("id", .text)]
    switch self {
    case .device: return own + DeviceColumn.allCases.map(\.carried)
    case .lead:
      return own
        + LeadColumn.allCases.flatMap { (column) -> [Carried] in
          switch column {
          case .device: [column.carried, Carried("triggers", .labels)]
          case .optedOutAt: [Carried("opted_out", .text), column.carried]
          default: [column.carried]
          }
        }
    }
  }

  /// The table of the store.
  var rows: String {
    switch self {
    case .lead: "leads"
    case .device: "user_devices"
    }
  }

  /// Whether the table has a map, each name of which is a column.
  var hasAttributes: Bool { carried.contains { $0.csv == nil } }
}
