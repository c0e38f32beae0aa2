/// A token whose spelling is fixed: a reserved word, an operator or a punctuation mark.
enum Lexeme: String, Sendable {
  case and, `break`, `do`, `else`, elseif, end, `false`, `for`, function, goto, `if`, `in`, local
  case `nil`, not, or, `repeat`, `return`, then, `true`, until, `while`
  case plus = "+"
  case minus = "-"
  case star = "*"
  case slash = "/"
  case doubleSlash = "//"
  case percent = "%"
  case caret = "^"
  case hash = "#"
  case ampersand = "&"
  case tilde = "~"
  case pipe = "|"
  case shiftLeft = "<<"
  case shiftRight = ">>"
  case equal = "=="
  case notEqual = "~="
  case lessOrEqual = "<="
  case greaterOrEqual = ">="
  case less = "<"
  case greater = ">"
  case assign = "="
  case leftParenthesis = "("
  case rightParenthesis = ")"
  case leftBrace = "{"
  case rightBrace = "}"
  case leftBracket = "["
  case rightBracket = "]"
  case doubleColon = "::"
  case semicolon = ";"
  case colon = ":"
  case comma = ","
  case dot = "."
  case concatenation = ".."
  case ellipsis = "..."

  /// The reserved words by spelling; the raw-value initialiser would compare the spellings one by one.
  static let reserved: [String: Lexeme] = {
    let words: [Lexeme] = [
      .and, .break, .do, .else, .elseif, .end, .false, .for, .function, .goto, .if, .in, .local,
      .nil, .not, .or, .repeat, .return, .then, .true, .until, .while,
    ]
    return Dictionary(uniqueKeysWithValues: words.map { ($0.rawValue, $0) })
  }()

  /// Whether the token ends a block; `until` does so only for the block of a `repeat`.
  func endsBlock(withUntil: Bool) -> Bool {
    switch self {
    case .else, .elseif, .end: true
    case .until: withUntil
    default: false
    }
  }
}
