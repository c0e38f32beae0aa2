import Routing
import Wire

/// The columns of a table that import, export and CSV carry, in export order: the only list for each entity.
///
/// Adding a case adds the column everywhere. Its kind determines how it is read, written and bound.
protocol CarriedColumn: DraftColumn, Hashable {
  var carried: Carried { get }
}

/// The format of one column in lines and CSV files.
struct Carried {
  enum Kind {
    case text, phone, instant, count
    /// A string that is not blank; `hint` says how to fix a blank one.
    case label(hint: String)
    case word([String])
    /// A number of seconds. Two such columns form one value, a pace.
    case seconds
    /// Unique strings: a JSON list.
    case labels
    /// Strings, numbers and flags by name: a JSON object, merged name by name. In CSV, each name is a column.
    case scalars
    /// Another row of the tenant, by its id.
    case device
  }

  /// The column's name in a CSV file and in the SELECT of an export.
  let name: String
  let kind: Kind
  /// Where the value is in a line.
  let place: CSVTable.Place
  /// The value for a new row, and for null.
  let standard: SQLValue
  /// Whether a line may say null.
  let mayBeNull: Bool
  /// The field's name in the audit of changes; nil if the audit leaves it out.
  let audited: (name: String, format: FieldFormat)?
  /// The names that an earlier version used for the CSV column and the JSON member; imports still accept them.
  var former: (column: String, key: String)?

  init(
    _ name: String, _ kind: Kind, at place: CSVTable.Place? = nil, standard: SQLValue = .null, mayBeNull: Bool = true,
    audited: (name: String, format: FieldFormat)? = nil
  ) {
    (self.name, self.kind, self.place) = (name, kind, place ?? .key(name))
    (self.standard, self.mayBeNull, self.audited) = (standard, mayBeNull, audited)
  }

  /// A column whose name in the audit is its own name.
  init(
    _ name: String, _ kind: Kind, at place: CSVTable.Place? = nil, standard: SQLValue = .null, audited: FieldFormat
  ) {
    self.init(name, kind, at: place, standard: standard, audited: (name, audited))
  }

  /// The column of a CSV file; nil for a map, which has a column for each name.
  var csv: CSVTable.Column? {
    switch kind {
    case .scalars: nil
    case .count: CSVTable.Column(name, .whole, place)
    case .seconds: CSVTable.Column(name, .number, place)
    case .labels: CSVTable.Column(name, .list, place)
    case .text, .phone, .instant, .label, .word, .device: CSVTable.Column(name, .text, place)
    }
  }

  /// The CSV column under its former name. It fills the former key, which `StatedColumns` reads.
  var formerCSV: CSVTable.Column? {
    guard let former, let csv, case .member(let key, _) = place else { return nil }
    return CSVTable.Column(former.column, csv.kind, .member(of: key, former.key))
  }

  /// The cell for a row whose SELECT has the column under `name`.
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

  /// The value inside a list or object.
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
  /// The column list of a SELECT from `table`; `other` replaces the expressions of some columns.
  static func selected(from table: String, _ other: [String: String] = [:]) -> String {
    allCases.map { "\(other[$0.carried.name] ?? "\(table).\($0.expression)") AS \($0.carried.name)" }
      .joined(separator: ", ")
  }
}

extension [Carried] {
  /// Writes every column of a row that `CarriedColumn.selected` selected, including nulls.
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
