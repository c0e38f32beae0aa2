import Wire

/// Parts of what a report gives; nil for a part that is not there.
extension JSONValue {
  subscript(key: String) -> JSONValue? { if case .object(let object) = self { object[key] } else { nil } }

  subscript(index: Int) -> JSONValue? {
    if case .array(let items) = self, items.indices.contains(index) { items[index] } else { nil }
  }
}
