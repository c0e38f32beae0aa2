/// Why a row cannot be made into what the domain knows; the row is set aside, the others go on (I-47).
struct UnreadableRow: Error, Equatable {
  /// What was expected, where, and what was found.
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
