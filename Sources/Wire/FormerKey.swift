/// A key that an object uses under its former name, from an earlier version.
package struct FormerKey: Equatable, Sendable {
  /// The path of the key, with the former name, as in `devices[0].limit_in_flight`.
  package let path: String
  /// The path of the key with its current name.
  package let newPath: String
  /// The last parts of the two paths.
  package let former: String
  /// The name that documentation and exports use.
  package let name: String

  /// For a person: which name was used, where, and which one to use.
  package var note: String { "\(path): '\(former)' is now called '\(name)'" }
}

extension JSONReader {
  /// Lets `former` stand for `key` in all later requests for `key`. Returns nil when the object does not have it.
  ///
  /// Throws when both are there with different values; the order of members does not make objects different. Errors
  /// about the value name the key that the object has; lists of known keys do not name `former`.
  package mutating func accept(_ former: String, for key: String) throws(FieldError) -> FormerKey? {
    guard let value = source[former] else { return nil }
    if let present = source[key], !present.isSame(as: value) {
      throw FieldError(
        path: path(of: former), expected: "the value of '\(key)', \(present.excerpt)", found: value.excerpt,
        hint: "'\(former)' is the old name of '\(key)'; leave it out")
    }
    let newPath = path(of: key)
    let found = FormerKey(path: path(of: former), newPath: newPath, former: former, name: key)
    formerNames[key] = former
    return found
  }
}

extension JSONValue {
  /// Whether the values are equal, or differ only in the order of the members of objects.
  fileprivate func isSame(as other: JSONValue) -> Bool {
    switch (self, other) {
    case (.object(let left), .object(let right)):
      left.count == right.count
        && left.members.allSatisfy { member in right[member.key].map { member.value.isSame(as: $0) } ?? false }
    case (.array(let left), .array(let right)): left.elementsEqual(right) { $0.isSame(as: $1) }
    default: self == other
    }
  }

  /// As `briefly`, but with the start of an object or array.
  fileprivate var excerpt: String {
    switch self {
    case .array, .object: "\(briefly) \(Excerpt.of(JSONWriter().string(self), limit: Excerpt.objectLimit))"
    default: briefly
    }
  }
}
