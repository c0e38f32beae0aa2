/// Untrusted text shortened and escaped for one line of an error message.
enum Excerpt {
  /// The maximum number of scalars quoted.
  static let limit = 40

  /// The maximum number of scalars quoted of an object or array.
  static let objectLimit = 120

  /// The text, shortened to `limit` scalars that end in `…`, with invisible characters escaped.
  ///
  /// The limit counts Unicode scalars: a sender can make a single grapheme arbitrarily long.
  static func of(_ text: String, limit: Int = limit) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > limit else { return terminalSafe(text) }
    return terminalSafe(String(scalars.prefix(limit - 1))) + "…"
  }
}
