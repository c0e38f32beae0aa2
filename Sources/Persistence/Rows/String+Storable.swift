extension String {
  /// A reason that the schema takes: SQLite's `length` ends at a NUL, and an empty reason is none.
  var asReason: String {
    let text = withoutNUL
    return text.isEmpty ? "no reason given" : text
  }

  /// The text with each NUL as a replacement character.
  var withoutNUL: String {
    guard utf8.contains(0) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }))
  }
}
