import Wire

/// Parts of a report's JSON; nil for a missing part.
extension JSONValue {
  subscript(key: String) -> JSONValue? { if case .object(let object) = self { object[key] } else { nil } }

  subscript(index: Int) -> JSONValue? {
    if case .array(let items) = self, items.indices.contains(index) { items[index] } else { nil }
  }
}
