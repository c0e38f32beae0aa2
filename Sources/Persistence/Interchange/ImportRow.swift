internal import GRDB

/// A row as values, from 0.
struct ImportRow {
  let values: [DatabaseValue]

  /// The value of a column whose type the schema guarantees.
  subscript<Value: DatabaseValueConvertible>(column: Int) -> Value {
    guard let value = Value.fromDatabaseValue(values[column]) else {
      preconditionFailure("expected \(Value.self) in column \(column), found \(values[column])")
    }
    return value
  }
}
