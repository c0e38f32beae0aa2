import Routing

extension CSVTable {
  /// What a column's cells are.
  enum Kind {
    case text, flag, whole, number
    /// Texts separated by `|`; one that belongs to a text is written `\|`, and a backslash `\\`.
    case list
    /// A text, number or flag; a text that reads like one of the others is in JSON's quotes.
    case scalar
  }

  /// Where a column's value stands in the JSON of a line.
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

  /// What begins the name of a column that holds one attribute.
  static let attributePrefix = "attributes."

  /// The columns that a file may have, attributes aside, in the order of an export.
  var columns: [Column] {
    carried.compactMap { $0.name == "opted_out" ? Column($0.name, .flag) : $0.csv }
  }

  /// What a file carries: what a line does, and of a lead also what lines of their own say (`triggers`) or what only an import
  /// takes (`opted_out`).
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

  /// Whether a column stands for each name of a map.
  var hasAttributes: Bool { carried.contains { $0.csv == nil } }
}
