/// The tokens of a statement, for dialects that change some of them. Joined together, they are the statement.
struct SQLTokens: Sequence, IteratorProtocol {
  enum Kind {
    /// A keyword or a name.
    case word
    /// `?1`: a parameter.
    case parameter
    /// A string in single quotes or a name in double quotes, with its quotes.
    case quoted
    /// Spaces and comments.
    case space
    /// A number, or one character of punctuation.
    case other
  }

  struct Token: Equatable {
    let kind: Kind
    let text: Substring
  }

  private var rest: Substring

  init(_ sql: String) { rest = sql[...] }

  mutating func next() -> Token? {
    guard let first = rest.first else { return nil }
    let (kind, end): (Kind, Substring.Index) =
      switch first {
      case "'", "\"": (.quoted, endOfQuoted(first))
      case "?": (.parameter, endOfRun(from: rest.index(after: rest.startIndex)) { $0.isNumber })
      case "-" where rest.hasPrefix("--"): (.space, rest.firstIndex(of: "\n") ?? rest.endIndex)
      case _ where first.isWhitespace: (.space, endOfRun(from: rest.startIndex) { $0.isWhitespace })
      case _ where first.isLetter || first == "_":
        (.word, endOfRun(from: rest.startIndex) { $0.isLetter || $0.isNumber || $0 == "_" })
      case _ where first.isNumber: (.other, endOfRun(from: rest.startIndex) { $0.isNumber || $0 == "." })
      default: (.other, rest.index(after: rest.startIndex))
      }
    defer { rest = rest[end...] }
    return Token(kind: kind, text: rest[..<end])
  }

  private func endOfRun(from start: Substring.Index, while isPart: (Character) -> Bool) -> Substring.Index {
    rest[start...].firstIndex { !isPart($0) } ?? rest.endIndex
  }

  /// A doubled quote is an escaped quote. Reading it as the end of one string and the start of the next gives the same
  /// result.
  private func endOfQuoted(_ quote: Character) -> Substring.Index {
    let inside = rest.index(after: rest.startIndex)
    return rest[inside...].firstIndex(of: quote).map(rest.index(after:)) ?? rest.endIndex
  }
}
