/// Splits a Lua source into tokens, one at a time, in a single pass.
struct Lexer {
  let source: [UInt8]
  var offset = 0
  var line = 1
  private var lineStart = 0
  /// UTF-8 continuation bytes consumed on this line; they do not start a column.
  private var continuations = 0
  /// The comments consumed so far, if they are being collected.
  private(set) var comments: [SourceRange]?

  init(_ source: [UInt8], keepsComments: Bool = false) {
    self.source = source
    comments = keepsComments ? [] : nil
  }

  /// The position of the next byte.
  var position: SourcePosition {
    SourcePosition(offset: offset, line: line, column: offset - lineStart - continuations + 1)
  }

  /// The next byte, or nil at the end.
  var current: UInt8? { offset < source.count ? source[offset] : nil }

  /// The byte after the next one, or nil past the end.
  var following: UInt8? { offset + 1 < source.count ? source[offset + 1] : nil }

  /// Consumes one byte that is not a line end.
  mutating func step() {
    if source[offset] & 0xC0 == 0x80 { continuations += 1 }
    offset += 1
  }

  /// Consumes the next byte if it is the given one.
  mutating func accept(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    offset += 1
    return true
  }

  /// Consumes one line end; `\r\n` and `\n\r` count as one.
  mutating func stepLine() {
    let first = source[offset]
    offset += 1
    if let second = current, second.isLineEnd, second != first { offset += 1 }
    line += 1
    lineStart = offset
    continuations = 0
  }

  /// Reads the next token; throws if the source has no valid token there.
  mutating func next() throws(LuaSyntaxError) -> Token {
    try skipBlanks()
    let start = position
    let kind = try nextKind()
    return Token(kind: kind, start: start, end: position)
  }

  private mutating func skipBlanks() throws(LuaSyntaxError) {
    while let byte = current {
      if byte.isLineEnd {
        stepLine()
      } else if byte.isSpace {
        offset += 1
      } else if byte == UInt8(ascii: "-"), following == UInt8(ascii: "-") {
        try skipComment()
      } else {
        return
      }
    }
  }

  private mutating func skipComment() throws(LuaSyntaxError) {
    let start = position
    defer { keepComment(from: start) }
    offset += 2
    if current == UInt8(ascii: "["), case .level(let level) = longOpening() {
      _ = try readLong(level: level, start: start, what: "comment")
      return
    }
    while let byte = current, !byte.isLineEnd { step() }
  }

  private mutating func keepComment(from start: SourcePosition) {
    let end = position
    comments?.append(SourceRange(start: start, end: end))
  }

  private mutating func nextKind() throws(LuaSyntaxError) -> Token.Kind {
    guard let byte = current else { return .endOfFile }
    if byte.isNameStart { return readWord() }
    if byte.isDigit { return try readNumeral() }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      return .string(try readQuoted())
    case UInt8(ascii: "["):
      return try readBracket()
    case UInt8(ascii: ".") where following?.isDigit ?? false:
      return try readNumeral()
    default:
      return readSymbol(byte)
    }
  }

  private mutating func readWord() -> Token.Kind {
    let start = offset
    while let byte = current, byte.isNamePart { offset += 1 }
    let word = String(decoding: source[start..<offset], as: UTF8.self)
    if let lexeme = Lexeme.reserved[word] { return .fixed(lexeme) }
    return .name(word)
  }

  private mutating func readBracket() throws(LuaSyntaxError) -> Token.Kind {
    let start = position
    switch longOpening() {
    case .level(let level):
      return .string(try readLong(level: level, start: start, what: "string"))
    case .none:
      offset += 1
      return .fixed(.leftBracket)
    case .malformed:
      throw LuaSyntaxError(
        position: start, message: "invalid long string delimiter",
        hint: "a long string opens with '[[' or '[=[', with any number of '='")
    }
  }
}
