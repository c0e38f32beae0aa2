extension Lexer {
  /// Reads an operator or a punctuation mark that begins with `first`, the next byte.
  mutating func readSymbol(_ first: UInt8) -> Token.Kind {
    step()
    switch first {
    case UInt8(ascii: "+"): return .fixed(.plus)
    case UInt8(ascii: "-"): return .fixed(.minus)
    case UInt8(ascii: "*"): return .fixed(.star)
    case UInt8(ascii: "%"): return .fixed(.percent)
    case UInt8(ascii: "^"): return .fixed(.caret)
    case UInt8(ascii: "#"): return .fixed(.hash)
    case UInt8(ascii: "&"): return .fixed(.ampersand)
    case UInt8(ascii: "|"): return .fixed(.pipe)
    case UInt8(ascii: "("): return .fixed(.leftParenthesis)
    case UInt8(ascii: ")"): return .fixed(.rightParenthesis)
    case UInt8(ascii: "{"): return .fixed(.leftBrace)
    case UInt8(ascii: "}"): return .fixed(.rightBrace)
    case UInt8(ascii: "]"): return .fixed(.rightBracket)
    case UInt8(ascii: ";"): return .fixed(.semicolon)
    case UInt8(ascii: ","): return .fixed(.comma)
    default: return readCompoundSymbol(first)
    }
  }

  /// Reads the rest of a symbol that may be longer than `first`, which has been consumed.
  private mutating func readCompoundSymbol(_ first: UInt8) -> Token.Kind {
    let equals = UInt8(ascii: "=")
    switch first {
    case UInt8(ascii: "="):
      return .fixed(accept(equals) ? .equal : .assign)
    case UInt8(ascii: "<"):
      if accept(equals) { return .fixed(.lessOrEqual) }
      return .fixed(accept(first) ? .shiftLeft : .less)
    case UInt8(ascii: ">"):
      if accept(equals) { return .fixed(.greaterOrEqual) }
      return .fixed(accept(first) ? .shiftRight : .greater)
    case UInt8(ascii: "/"):
      return .fixed(accept(first) ? .doubleSlash : .slash)
    case UInt8(ascii: "~"):
      return .fixed(accept(equals) ? .notEqual : .tilde)
    case UInt8(ascii: ":"):
      return .fixed(accept(first) ? .doubleColon : .colon)
    case UInt8(ascii: "."):
      guard accept(first) else { return .fixed(.dot) }
      return .fixed(accept(first) ? .ellipsis : .concatenation)
    default:
      return .stray(first)
    }
  }
}
