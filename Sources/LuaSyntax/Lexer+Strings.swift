extension Lexer {
  /// The token that begins with a `[`: the opening of a long string of some level, a plain bracket, or an invalid
  /// delimiter.
  enum LongOpening {
    case level(Int)
    case none
    case malformed
  }

  /// Examines the `[` ahead without consuming it.
  func longOpening() -> LongOpening {
    var index = offset + 1
    while index < source.count, source[index] == UInt8(ascii: "=") { index += 1 }
    let level = index - offset - 1
    if index < source.count, source[index] == UInt8(ascii: "[") { return .level(level) }
    return level == 0 ? .none : .malformed
  }

  /// Reads a long string or comment from its `[`; line ends inside become `\n`, and one directly after the opening is
  /// dropped.
  mutating func readLong(
    level: Int, start: SourcePosition, what: String
  ) throws(LuaSyntaxError) -> [UInt8] {
    for _ in 0..<(level + 2) { step() }
    if let byte = current, byte.isLineEnd { stepLine() }
    var bytes: [UInt8] = []
    while let byte = current {
      if byte.isLineEnd {
        bytes.append(0x0A)
        stepLine()
      } else if byte == UInt8(ascii: "]") {
        let from = offset
        step()
        while accept(UInt8(ascii: "=")) {}
        if offset - from - 1 == level, accept(byte) { return bytes }
        bytes.append(contentsOf: source[from..<offset])
      } else {
        bytes.append(byte)
        step()
      }
    }
    throw LuaSyntaxError(
      position: position, message: "unfinished long \(what) (starting at line \(start.line))",
      hint: "close it with ']\(String(repeating: "=", count: level))]'", related: start)
  }

  /// Reads a quoted string from its opening quote to its closing one.
  mutating func readQuoted() throws(LuaSyntaxError) -> [UInt8] {
    let start = position
    let quote = source[offset]
    offset += 1
    var bytes: [UInt8] = []
    while let byte = current, !byte.isLineEnd {
      if byte == quote {
        offset += 1
        return bytes
      }
      if byte == UInt8(ascii: "\\") {
        try readEscape(into: &bytes)
      } else {
        bytes.append(byte)
        step()
      }
    }
    let sameLine = start.line == line
    throw LuaSyntaxError(
      position: sameLine ? start : position, message: "unfinished string",
      hint: "close it with \(quote == UInt8(ascii: "'") ? "\"'\"" : "'\"'") before the line ends",
      related: sameLine ? nil : start)
  }

  private mutating func readEscape(into bytes: inout [UInt8]) throws(LuaSyntaxError) {
    let start = position
    offset += 1
    // At the end of the source, the caller's loop reports the string as unfinished.
    guard let byte = current else { return }
    if let plain = Self.plainEscapes[byte] {
      offset += 1
      bytes.append(plain)
    } else if byte.isLineEnd {
      stepLine()
      bytes.append(0x0A)
    } else if byte == UInt8(ascii: "z") {
      offset += 1
      while let blank = current, blank.isSpace {
        if blank.isLineEnd { stepLine() } else { offset += 1 }
      }
    } else if byte == UInt8(ascii: "x") {
      offset += 1
      bytes.append(try readHexDigit(since: start) << 4 | readHexDigit(since: start))
    } else if byte == UInt8(ascii: "u") {
      try readUnicodeEscape(into: &bytes, since: start)
    } else if byte.isDigit {
      var value = 0
      var digits = 0
      while digits < 3, let digit = current, digit.isDigit {
        value = value * 10 + Int(digit - UInt8(ascii: "0"))
        digits += 1
        offset += 1
      }
      guard let small = UInt8(exactly: value) else {
        throw LuaSyntaxError(position: start, message: "decimal escape too large", hint: "at most '\\255'")
      }
      bytes.append(small)
    } else {
      throw LuaSyntaxError(
        position: start, message: "invalid escape sequence", hint: "write a backslash as '\\\\'")
    }
  }

  private static let plainEscapes: [UInt8: UInt8] = [
    UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
    UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09, UInt8(ascii: "v"): 0x0B,
    UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27,
  ]

  private mutating func readHexDigit(since start: SourcePosition) throws(LuaSyntaxError) -> UInt8 {
    guard let value = current?.hexValue else {
      throw LuaSyntaxError(position: start, message: "hexadecimal digit expected in escape sequence")
    }
    offset += 1
    return value
  }

  private mutating func readUnicodeEscape(
    into bytes: inout [UInt8], since start: SourcePosition
  ) throws(LuaSyntaxError) {
    offset += 1
    guard accept(UInt8(ascii: "{")) else {
      throw LuaSyntaxError(position: start, message: "missing '{' in \\u{xxxx}")
    }
    var value = UInt32(try readHexDigit(since: start))
    while let digit = current?.hexValue {
      offset += 1
      guard value <= 0x7FFF_FFFF >> 4 else {
        throw LuaSyntaxError(position: start, message: "UTF-8 value too large")
      }
      value = value << 4 | UInt32(digit)
    }
    guard accept(UInt8(ascii: "}")) else {
      throw LuaSyntaxError(position: start, message: "missing '}' in \\u{xxxx}")
    }
    Self.appendUTF8(value, to: &bytes)
  }

  /// Appends the original UTF-8 form of up to six bytes, which Lua allows for values up to 0x7FFFFFFF.
  private static func appendUTF8(_ value: UInt32, to bytes: inout [UInt8]) {
    guard value >= 0x80 else { return bytes.append(UInt8(value)) }
    var tail: [UInt8] = []
    var rest = value
    var firstLimit: UInt32 = 0x3F
    repeat {
      tail.append(UInt8(0x80 | rest & 0x3F))
      rest >>= 6
      firstLimit >>= 1
    } while rest > firstLimit
    let mark = UInt8(truncatingIfNeeded: ~firstLimit << 1)
    bytes.append(mark | UInt8(rest))
    bytes.append(contentsOf: tail.reversed())
  }
}
