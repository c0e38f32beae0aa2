import Wire

/// A row to be written: the stored values, or a new row's defaults, with the line's values applied to them.
struct Draft<Column: DraftColumn> {
  /// The row's key; nil for a new row.
  let key: Int64?
  private let stored: [SQLValue]
  private(set) var values: [SQLValue]

  /// A stored row, from a SELECT that lists `Column.stored`.
  init(stored row: SQLRow) {
    stored = Column.allCases.map { row.columns.value($0.rawValue) }
    key = row.columns.integer(stored.count)
    values = stored
  }

  /// A new row with its defaults, in column order.
  init(new defaults: SQLArguments) {
    key = nil
    stored = []
    values = defaults.values
  }

  /// A new row that is NULL in every column.
  init() { self.init(new: SQLArguments(Column.allCases.map { _ in SQLValue.null })) }

  /// The columns' values for a statement.
  var arguments: SQLArguments { SQLArguments(values) }

  var isNew: Bool { key == nil }

  subscript(column: Column) -> SQLValue {
    get { values[column.rawValue] }
    set { values[column.rawValue] = newValue }
  }

  /// Applies the line's value; null gives `cleared`.
  mutating func set(_ column: Column, _ named: Patch<some SQLBindable>, cleared: SQLValue = .null) {
    switch named {
    case .absent: break
    case .null: self[column] = cleared
    case .value(let value): self[column] = value.sqlValue
    }
  }

  /// Sets a JSON column, unless the stored JSON is equal and only formatted differently.
  mutating func setJSON(_ column: Column, _ value: JSONValue) {
    if let current = self[column].asText, let old = FaithfulJSON.value(of: current),
      FaithfulJSON.text(of: old).utf8.elementsEqual(FaithfulJSON.text(of: value).utf8)
    {
      return
    }
    self[column] = FaithfulJSON.text(of: value).sqlValue
  }

  /// Merges an object into a JSON column name by name: a value sets the name, null removes it.
  mutating func merge(_ column: Column, _ named: Patch<JSONObject>) {
    switch named {
    case .absent: break
    case .null: setJSON(column, .object(JSONObject()))
    case .value(let members):
      var merged = JSONObject()
      if case .object(let old)? = self[column].asText.flatMap(FaithfulJSON.value) { merged = old }
      for (name, value) in members.members {
        // A plain `nil` would be JSON's null here.
        merged[name] = value == .null ? JSONValue?.none : value
      }
      setJSON(column, .object(merged))
    }
  }

  /// The stored value; null for a new row.
  func before(_ column: Column) -> SQLValue { isNew ? .null : stored[column.rawValue] }

  func differs(_ column: Column) -> Bool {
    isNew || !stored[column.rawValue].isSame(as: values[column.rawValue])
  }

  /// Whether the line changes the stored row.
  var isChanged: Bool { isNew || !zip(stored, values).allSatisfy { $0.isSame(as: $1) } }
}

extension SQLValue {
  var isNull: Bool { if case .null = self { true } else { false } }

  /// Nil for a value of another type.
  var asText: String? { if case .text(let text) = self { text } else { nil } }

  /// Nil for a value of another type.
  var asInteger: Int64? { if case .integer(let number) = self { number } else { nil } }

  /// Compares bytes: Swift treats strings as equal that compose a letter differently.
  func isSame(as other: SQLValue) -> Bool {
    guard case .text(let left) = self, case .text(let right) = other else { return self == other }
    return left.utf8.elementsEqual(right.utf8)
  }
}
