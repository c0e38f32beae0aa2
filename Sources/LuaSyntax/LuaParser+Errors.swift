extension LuaParser {
  /// The error for a token other than the expected one.
  func expected(_ what: String, related: SourcePosition? = nil) -> LuaSyntaxError {
    LuaSyntaxError(
      position: token.errorPosition, message: "expected \(what), found \(found)",
      hint: hint(expecting: what), related: related)
  }

  /// A semantic error: at `culprit` if that is on the line where Lua detects the error, else where Lua detects it.
  func refusal(_ message: String, at culprit: SourcePosition, hint: String? = nil) -> LuaSyntaxError {
    let here = token.errorPosition
    let sameLine = culprit.line == here.line
    return LuaSyntaxError(
      position: sameLine ? culprit : here, message: message, hint: hint,
      related: sameLine ? nil : culprit)
  }

  /// The current token, for messages.
  var found: String {
    switch token.kind {
    case .endOfFile: "end of file"
    case .stray(let byte): strayName(byte)
    case .fixed(let lexeme): "'\(lexeme.rawValue)'"
    case .name, .string, .integer, .float: "'\(excerpt)'"
    }
  }

  /// The start of the current token as written, without line ends.
  private var excerpt: String {
    let text = sourceText(from: token.start.offset, to: token.end.offset)
    let shown = text.prefix(40).map { $0.isNewline ? " " : $0 }
    return String(shown) + (shown.count < text.count ? "…" : "")
  }

  private func strayName(_ byte: UInt8) -> String {
    let offset = token.start.offset
    if byte >= 0x80, let scalar = sourceText(from: offset, to: offset + 4).unicodeScalars.first,
      scalar != "\u{FFFD}"
    {
      return "'\(scalar)'"
    }
    if byte < 0x20 || byte >= 0x7F { return "byte \(byte)" }
    return "'\(Character(Unicode.Scalar(byte)))'"
  }

  private func hint(expecting what: String) -> String? {
    switch token.kind {
    case .stray(UInt8(ascii: "!")): "Lua writes 'not' for '!' and '~=' for '!='"
    case .stray(let byte) where byte >= 0x80: "Lua accepts only ASCII outside strings and comments"
    case .fixed(.ampersand) where what == Self.anExpression: "Lua writes 'and' for '&&'"
    case .fixed(.pipe) where what == Self.anExpression: "Lua writes 'or' for '||'"
    case .fixed(.assign) where what == "'then'" || what == "'do'": "'==' compares, '=' assigns"
    case .fixed(let lexeme) where what.hasPrefix("a name") && Lexeme.reserved[lexeme.rawValue] != nil:
      "'\(lexeme.rawValue)' is a reserved word"
    case .fixed(let lexeme) where what == Self.assignmentOrCall && BinaryOperator(token.kind) != nil:
      lexeme == .equal
        ? "'=' assigns, '==' compares" : "Lua has no compound assignment: write 'x = x \(lexeme.rawValue) y'"
    default: nil
    }
  }

  /// The name of an operand in messages.
  static let anExpression = "an expression"

  /// The required continuation of an expression that starts a statement.
  static let assignmentOrCall = "'=' or a call"
}
