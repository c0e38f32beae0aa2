extension Lexer {
  /// Reads a numeral greedily, as Lua does, then converts it.
  mutating func readNumeral() throws(LuaSyntaxError) -> Token.Kind {
    let start = position
    let first = source[offset]
    var exponent = UInt8(ascii: "e")
    offset += 1
    if first == UInt8(ascii: "0"), let mark = current, mark | 0x20 == UInt8(ascii: "x") {
      offset += 1
      exponent = UInt8(ascii: "p")
    }
    while let byte = current {
      if byte | 0x20 == exponent {
        offset += 1
        if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
      } else if byte.hexValue != nil || byte == UInt8(ascii: ".") {
        offset += 1
      } else {
        break
      }
    }
    // As in Lua, a letter directly after the digits makes the numeral invalid.
    if let byte = current, byte.isNameStart { offset += 1 }
    guard let numeral = Numeral(source[start.offset..<offset]) else {
      let text = String(decoding: source[start.offset..<min(offset, start.offset + 40)], as: UTF8.self)
      throw LuaSyntaxError(position: start, message: "malformed number '\(text)'")
    }
    switch numeral {
    case .integer(let value): return .integer(value)
    case .float(let value): return .float(value)
    }
  }
}
