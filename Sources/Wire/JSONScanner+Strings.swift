extension JSONScanner {
  /// Reads a string, from its opening to its closing quote.
  mutating func string() throws(JSONError) -> String {
    let start = offset + 1
    // Local variables, because the fields would be written back to memory at every byte.
    let bytes = bytes
    var end = start
    var union: UInt64 = 0
    // Eight bytes at a time up to the eight that contain a special byte, then one at a time.
    while bytes.count - end >= 8 {
      let word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: end, as: UInt64.self)
      guard !Self.holdsSpecial(word) else { break }
      union |= word
      end += 8
    }
    while end < bytes.count {
      let byte = bytes[end]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
      union |= UInt64(byte)
      end += 1
    }
    offset = end
    guard end < bytes.count else { throw unterminated(start) }
    isPlain = false
    if bytes[end] == UInt8(ascii: "\\") { return try escapedString(from: start) }
    guard bytes[end] == UInt8(ascii: "\"") else { throw rawControl() }
    if union & Self.highBits == 0 { isPlain = true } else { try validate(from: start) }
    offset += 1
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
  }

  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// Whether one of eight bytes is a quote, a backslash or a control character.
  ///
  /// Subtracting n from a byte below n borrows, which sets the byte's high bit. The borrow can set the bit of the next
  /// byte wrongly, but only when the answer is already yes.
  @inline(__always)
  private static func holdsSpecial(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* 0x22)
    let backslashes = word ^ (ones &* 0x5C)
    let found =
      (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) & ~word
    return found & highBits != 0
  }

  /// Continues at the first backslash of a string that began at `start`.
  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    scratch.removeAll(keepingCapacity: true)
    var run = start
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        // The source bytes are checked, not the decoded ones: an escape is ASCII and cannot complete a UTF-8 sequence.
        try validate(from: start)
        scratch.append(contentsOf: bytes[run..<offset])
        offset += 1
        return String(decoding: scratch, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\") {
        scratch.append(contentsOf: bytes[run..<offset])
        offset += 1
        try escape()
        run = offset
      } else if byte < 0x20 {
        throw rawControl()
      } else {
        offset += 1
      }
    }
    throw unterminated(start)
  }

  /// Decodes the escape whose backslash has been consumed, and appends it to `scratch`.
  private mutating func escape() throws(JSONError) {
    let decoded: UInt8
    switch current {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded = current
    case UInt8(ascii: "n"): decoded = 0x0A
    case UInt8(ascii: "r"): decoded = 0x0D
    case UInt8(ascii: "t"): decoded = 0x09
    case UInt8(ascii: "b"): decoded = 0x08
    case UInt8(ascii: "f"): decoded = 0x0C
    case UInt8(ascii: "u"):
      offset += 1
      scratch.append(contentsOf: String(try escapedScalar()).utf8)
      return
    default:
      throw failure("expected one of \" \\ / b f n r t u after '\\', found \(found())")
    }
    scratch.append(decoded)
    offset += 1
  }

  /// Decodes the four digits after `\u`, and the second half of a surrogate pair with them.
  private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
    let start = offset - 2
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00 else {
      throw failure(
        "expected a high surrogate (\\uD800 to \\uDBFF) before a low one,"
          + " found \(Hex.escape(first)) alone; write both halves of the pair",
        at: start)
    }
    let lone =
      "expected a low surrogate (\\uDC00 to \\uDFFF) after \(Hex.escape(first)), found "
    guard current == UInt8(ascii: "\\"), offset + 1 < bytes.count, bytes[offset + 1] == UInt8(ascii: "u")
    else { throw failure(lone + found() + "; write both halves of the pair") }
    let secondStart = offset
    offset += 2
    let second = try fourDigits()
    guard 0xDC00...0xDFFF ~= second else {
      throw failure(lone + Hex.escape(second) + "; write both halves of the pair", at: secondStart)
    }
    let code = 0x10000 + (UInt32(first - 0xD800) << 10) + UInt32(second - 0xDC00)
    guard let scalar = Unicode.Scalar(code) else {
      preconditionFailure("a surrogate pair always makes a scalar, found \(code)")
    }
    return scalar
  }

  private mutating func fourDigits() throws(JSONError) -> UInt16 {
    var code: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Hex.value(of: current) else {
        throw failure("expected four hexadecimal digits after \\u, found \(found())")
      }
      code = code << 4 | UInt16(digit)
      offset += 1
    }
    return code
  }

  /// Throws when the bytes from `start` to the offset are not UTF-8.
  private func validate(from start: Int) throws(JSONError) {
    let text = UnsafeBufferPointer(rebasing: bytes[start..<offset])
    guard let fault = UTF8Check.firstFault(in: text) else { return }
    throw failure(
      "expected UTF-8, found the byte \(Hex.byte(text[fault])); save the input as UTF-8", at: start + fault)
  }

  private func rawControl() -> JSONError {
    failure("expected an escape such as \\n or \\u0001, found the raw control character \(found())")
  }

  private func unterminated(_ start: Int) -> JSONError {
    let place = position(of: start - 1)
    return failure(
      "expected '\"' to close the string that begins at line \(place.line), column \(place.column),"
        + " found the end of the input", at: bytes.count)
  }
}
