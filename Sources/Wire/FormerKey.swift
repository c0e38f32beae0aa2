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
  /// Throws when both are there with different values. Errors about the value name the key that the object has; lists of
  /// known keys do not name `former`.
  package mutating func accept(_ former: String, for key: String) throws(FieldError) -> FormerKey? {
    guard let value = source[former] else { return nil }
    if let present = source[key], present != value {
      throw FieldError(
        path: path(of: former), expected: "the value of '\(key)', \(present.briefly)", found: value.briefly,
        hint: "'\(former)' is the old name of '\(key)'; leave it out")
    }
    let newPath = path(of: key)
    let found = FormerKey(path: path(of: former), newPath: newPath, former: former, name: key)
    formerNames[key] = former
    return found
  }
}
