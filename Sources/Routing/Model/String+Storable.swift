/// What becomes of texts before they are kept: SQLite's `length` ends at a NUL.
extension String {
  /// A reason as it is kept: an empty one is none.
  package var asReason: String {
    let text = withoutNUL
    return text.isEmpty ? "no reason given" : text
  }

  /// The text with each NUL as a replacement character.
  package var withoutNUL: String {
    guard utf8.withContiguousStorageIfAvailable({ $0.contains(0) }) ?? utf8.contains(0) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }))
  }
}
