import Wire

/// A line's value for one field: absent, null, or a value.
enum Patch<Value> {
  /// The field does not change.
  case absent
  /// The field is cleared or reset to its default.
  case null
  case value(Value)

  var isAbsent: Bool { if case .absent = self { true } else { false } }

  /// Nil if the field is absent or null.
  var value: Value? { if case .value(let value) = self { value } else { nil } }

  func map<Result>(_ transform: (Value) -> Result) -> Patch<Result> {
    switch self {
    case .absent: .absent
    case .null: .null
    case .value(let value): .value(transform(value))
    }
  }
}

extension Patch: Sendable where Value: Sendable {}

extension JSONReader {
  /// Reads a field that may be absent or null.
  mutating func named<Value>(
    _ key: String, _ read: (inout JSONReader, String) throws(FieldError) -> Value
  ) throws(FieldError) -> Patch<Value> {
    switch presence(of: key) {
    case .absent: .absent
    case .null: .null
    case .value: .value(try read(&self, key))
    }
  }

  /// Reads a field that may be absent but not null.
  mutating func given<Value>(
    _ key: String, _ read: (inout JSONReader, String) throws(FieldError) -> Value
  ) throws(FieldError) -> Value? {
    presence(of: key) == .absent ? nil : try read(&self, key)
  }
}
