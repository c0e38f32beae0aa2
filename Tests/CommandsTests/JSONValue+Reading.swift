import Wire

/// Convenience accessors: a missing value is null, empty or nil, and the expectation fails on that.
extension JSONValue {
  subscript(key: String) -> JSONValue {
    if case .object(let object) = self { object[key] ?? .null } else { .null }
  }

  subscript(index: Int) -> JSONValue { items.indices.contains(index) ? items[index] : .null }

  var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
  var keys: [String] { if case .object(let object) = self { object.keys } else { [] } }
  var text: String? { if case .string(let text) = self { text } else { nil } }
  var whole: Int? { if case .integer(let number) = self { Int(number) } else { nil } }
  var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }

  init(_ number: Int) { self = .integer(Int64(number)) }
}
