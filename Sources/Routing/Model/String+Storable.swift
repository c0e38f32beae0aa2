/// Prepares text for storage: SQLite's `length` stops at a NUL.
extension String {
  /// A reason as it is stored; an empty one becomes `no reason given`.
  package var asReason: String {
    let text = withoutNUL
    return text.isEmpty ? "no reason given" : text
  }

  /// The text with each NUL replaced by U+FFFD.
  package var withoutNUL: String {
    guard utf8.withContiguousStorageIfAvailable({ $0.contains(0) }) ?? utf8.contains(0) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }))
  }
}
