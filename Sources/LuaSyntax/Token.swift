/// One token of a Lua source.
struct Token {
  /// The kind of a token.
  enum Kind: Equatable {
    case fixed(Lexeme)
    case name(String)
    case string([UInt8])
    case integer(Int64)
    case float(Double)
    /// A byte that cannot begin a token.
    case stray(UInt8)
    case endOfFile
  }

  var kind: Kind
  var start: SourcePosition
  var end: SourcePosition

  /// The position of an error about this token.
  ///
  /// Lua reports the last line it has read, so an error in a token of several lines is at the token's end.
  var errorPosition: SourcePosition { start.line == end.line ? start : end }

  /// Whether this is the fixed token `lexeme`.
  func `is`(_ lexeme: Lexeme) -> Bool {
    if case .fixed(let own) = kind { return own == lexeme }
    return false
  }

  /// Whether a block ends before this token. The keyword `until` counts only if `withUntil` is true.
  func endsBlock(withUntil: Bool) -> Bool {
    switch kind {
    case .endOfFile: true
    case .fixed(let lexeme): lexeme.endsBlock(withUntil: withUntil)
    default: false
    }
  }
}
