/// Why one field of a decoded object does not match what the caller expected.
package struct FieldError: Error, Sendable, Equatable {
  /// What is wrong with the field.
  package enum Kind: Sendable, Equatable {
    /// Its value is missing, or of another kind or outside the range.
    case mismatch
    /// No reader asked for its key.
    case unknownKey
  }

  /// What is wrong with the field.
  package let kind: Kind
  /// Where the field is, as in `devices[3].queued`; empty for the root.
  package let path: String
  /// What the caller expected, as in `a whole number`.
  package let expected: String
  /// What the object has there, as in `the text "x"`.
  package let found: String
  /// What to do about it, if known.
  package let hint: String?

  /// Creates an error about the field at a path.
  package init(path: String, expected: String, found: String, hint: String? = nil, kind: Kind = .mismatch) {
    self.kind = kind
    self.path = path
    self.expected = expected
    self.found = found
    self.hint = hint
  }
}

extension FieldError: CustomStringConvertible {
  /// Path, expected value, found value and hint on one line.
  package var description: String {
    let place = path.isEmpty ? "" : path + ": "
    let fault = kind == .unknownKey ? found : "expected \(expected), found \(found)"
    return place + fault + (hint.map { "; " + $0 } ?? "")
  }
}
