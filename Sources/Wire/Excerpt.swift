/// Text from outside made fit for one line of an error message.
enum Excerpt {
  /// The most characters quoted.
  static let limit = 40

  /// The text, shortened to 40 characters that end in `…`, with invisible characters escaped.
  ///
  /// Counted in Unicode scalars: a single grapheme can be as long as a sender likes.
  static func of(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > limit else { return terminalSafe(text) }
    return terminalSafe(String(scalars.prefix(limit - 1))) + "…"
  }
}
