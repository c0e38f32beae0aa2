import Routing
import Wire

/// The columns of a table that import, export and CSV carry, in the order of an export: the one list of each entity.
///
/// Adding a case carries a column everywhere. The kind says how it is read, written and bound.
protocol CarriedColumn: DraftColumn, Hashable {
  var carried: Carried { get }
}

/// How one column appears in lines and CSV files.
struct Carried {
  enum Kind {
    case text, phone, instant, count
    /// A text that is not blank; `hint` says what to do about one that is.
    case label(hint: String)
    case word([String])
    /// A number of seconds. Two of them make one value, a pace.
    case seconds
    /// Texts, each once: a JSON list.
    case labels
    /// Texts, numbers and flags by name: a JSON object, merged name by name. In CSV, each name is a column.
    case scalars
    /// Another row of the tenant, by its id.
    case device
  }

  /// The column of a CSV file, and what a SELECT of an export calls it.
  let name: String
  let kind: Kind
  /// Where the value stands in a line.
  let place: CSVTable.Place
  /// The value of a new row, and what null gives back.
  let standard: SQLValue
  /// Whether a line may say null.
  let mayBeNull: Bool
  /// What an audit of changes calls it; nil where it leaves the field out.
  let audited: (name: String, format: FieldFormat)?

  init(
    _ name: String, _ kind: Kind, at place: CSVTable.Place? = nil, standard: SQLValue = .null, mayBeNull: Bool = true,
    audited: (name: String, format: FieldFormat)? = nil
  ) {
    (self.name, self.kind, self.place) = (name, kind, place ?? .key(name))
    (self.standard, self.mayBeNull, self.audited) = (standard, mayBeNull, audited)
  }

  /// A column that is audited under its own name.
  init(
    _ name: String, _ kind: Kind, at place: CSVTable.Place? = nil, standard: SQLValue = .null, audited: FieldFormat
  ) {
    self.init(name, kind, at: place, standard: standard, audited: (name, audited))
  }

  /// The column of a CSV file; nil for a map, whose names are columns.
  var csv: CSVTable.Column? {
    switch kind {
    case .scalars: nil
    case .count: CSVTable.Column(name, .whole, place)
    case .seconds: CSVTable.Column(name, .number, place)
    case .labels: CSVTable.Column(name, .list, place)
    case .text, .phone, .instant, .label, .word, .device: CSVTable.Column(name, .text, place)
    }
  }

  /// The cell of a row whose SELECT calls the column by `name`.
  func cell(_ row: SQLRow) -> String {
    switch kind {
    case .text, .phone, .label, .word, .device: row[name]
    case .instant: (row[name] as Instant?)?.rfc3339 ?? ""
    case .count: (row[name] as Int64?).map(String.init) ?? ""
    case .seconds: JSONWriter().string(.number(row[name]))
    case .labels: CSVCell.text(ofList: FaithfulJSON.texts(of: row[name]))
    case .scalars: preconditionFailure("the names of a map are columns")
    }
  }

  /// The value of a part of a list or an object.
  fileprivate func part(_ row: SQLRow) -> JSONValue {
    switch kind {
    case .count: (row[name] as Int64?).map(JSONValue.integer) ?? .null
    case .seconds: .number(row[name])
    default: preconditionFailure("no part of another value")
    }
  }

  fileprivate func write(_ row: SQLRow, to line: inout ExportLine) {
    switch kind {
    case .text, .phone, .label, .word, .device: line.text(name, row[name])
    case .instant: line.instant(name, row[name])
    case .labels: line.stored(name, row[name], or: .array([]))
    case .scalars: line.stored(name, row[name], or: .object([:]))
    case .count, .seconds: line.member(name, part(row))
    }
  }
}

extension CarriedColumn {
  /// The list of a SELECT from a table that it calls `table`; `other` replaces the expression of some columns.
  static func selected(from table: String, _ other: [String: String] = [:]) -> String {
    allCases.map { "\(other[$0.carried.name] ?? "\(table).\($0.expression)") AS \($0.carried.name)" }
      .joined(separator: ", ")
  }
}

extension [Carried] {
  /// Writes every column of a row that `CarriedColumn.selected` found, null included.
  func write(_ row: SQLRow, to line: inout ExportLine) {
    var columns = self[...]
    while let column = columns.first {
      switch column.place {
      case .key:
        column.write(row, to: &line)
        columns.removeFirst()
      case .member(let key, _):
        var object = JSONObject()
        while let column = columns.first, case .member(key, let name) = column.place {
          object[name] = column.part(row)
          columns.removeFirst()
        }
        line.member(key, .object(object))
      case .element(let key, _):
        var list: [JSONValue] = []
        while let column = columns.first, case .element(key, _) = column.place {
          list.append(column.part(row))
          columns.removeFirst()
        }
        line.member(key, .array(list))
      }
    }
  }
}
