extension JSONScanner {
  /// An error at the current offset, or at another one.
  func failure(_ message: String, at place: Int? = nil) -> JSONError {
    let position = position(of: place ?? offset)
    return JSONError(line: position.line, column: position.column, message: message)
  }

  /// The line and column of an offset. They are computed only for an error, so that reading pays nothing for them.
  func position(of offset: Int) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for byte in bytes[..<offset] {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        // Continuation bytes belong to a scalar that has been counted.
        column += 1
      }
    }
    return (line, column)
  }

  /// Describes the input at the offset, for an error message.
  func found() -> String {
    guard offset < bytes.count else { return "the end of the input" }
    var iterator = bytes[offset..<min(offset + 4, bytes.count)].makeIterator()
    var decoder = UTF8()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
      return "the byte \(Hex.byte(bytes[offset])), which is not UTF-8"
    }
    if scalar == "\u{FEFF}" { return "a byte order mark; remove it" }
    return "'\(terminalSafe(String(scalar)))'"
  }
}
