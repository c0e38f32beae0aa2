internal import GRDB
import Wire

/// A row on its way into a table: what is stored, or a new row's defaults, with what the line names on top.
///
/// `Column` numbers the columns in the order of the statements that read and write them.
struct Draft<Column: RawRepresentable<Int> & Sendable> {
  /// The row's key; nil for a new row.
  let key: Int64?
  private let stored: [DatabaseValue]
  private(set) var values: [DatabaseValue]

  /// A stored row: its key, then its columns.
  init(stored row: ImportRow) {
    key = row[0]
    stored = Array(row.values.dropFirst())
    values = stored
  }

  /// A new row with its defaults.
  init(new defaults: [DatabaseValue]) {
    key = nil
    stored = []
    values = defaults
  }

  var isNew: Bool { key == nil }

  subscript(column: Column) -> DatabaseValue {
    get { values[column.rawValue] }
    set { values[column.rawValue] = newValue }
  }

  /// Sets what the line names; null gives `cleared`.
  mutating func set(
    _ column: Column, _ named: Named<some DatabaseValueConvertible>, cleared: DatabaseValue = .null
  ) {
    switch named {
    case .absent: break
    case .null: self[column] = cleared
    case .value(let value): self[column] = value.databaseValue
    }
  }

  /// Sets a JSON column, unless what is stored is the same written another way.
  mutating func setJSON(_ column: Column, _ value: JSONValue) {
    if let current: String = String.fromDatabaseValue(self[column]),
      let old = FaithfulJSON.value(of: current),
      FaithfulJSON.text(of: old).utf8.elementsEqual(FaithfulJSON.text(of: value).utf8)
    {
      return
    }
    self[column] = FaithfulJSON.text(of: value).databaseValue
  }

  /// Lays an object over a JSON column name by name: a value sets the name, null removes it.
  mutating func merge(_ column: Column, _ named: Named<JSONObject>) {
    switch named {
    case .absent: break
    case .null: setJSON(column, .object(JSONObject()))
    case .value(let members):
      var merged = JSONObject()
      if case .object(let old)? = String.fromDatabaseValue(self[column]).flatMap(FaithfulJSON.value) {
        merged = old
      }
      for (name, value) in members.members {
        // `nil` alone would be JSON's null here.
        merged[name] = value == .null ? JSONValue?.none : value
      }
      setJSON(column, .object(merged))
    }
  }

  /// What is stored; null for a new row.
  func before(_ column: Column) -> DatabaseValue { isNew ? .null : stored[column.rawValue] }

  func differs(_ column: Column) -> Bool {
    isNew || !stored[column.rawValue].isSame(as: values[column.rawValue])
  }

  /// Whether the line changes anything in the stored row.
  var isChanged: Bool { isNew || !zip(stored, values).allSatisfy { $0.isSame(as: $1) } }
}

extension DatabaseValue {
  /// By bytes: Swift takes texts for equal that differ in how they compose a letter.
  func isSame(as other: DatabaseValue) -> Bool {
    guard case .string(let left) = storage, case .string(let right) = other.storage else { return self == other }
    return left.utf8.elementsEqual(right.utf8)
  }
}
