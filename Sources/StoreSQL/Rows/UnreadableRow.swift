/// Why a row cannot be decoded; the row is set aside and the others continue (I-47).
package struct UnreadableRow: Error, Equatable {
  /// What was expected, where, and what was found.
  package let reason: String

  /// `reason` becomes part of the contact's reason to wait.
  package init(_ reason: String) { self.reason = reason }
}
