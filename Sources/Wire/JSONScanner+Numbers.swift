extension JSONScanner {
  /// Reads a number, from its sign or first digit.
  mutating func number() throws(JSONError) -> JSONValue {
    let start = offset
    let isNegative = current == UInt8(ascii: "-")
    if isNegative { offset += 1 }
    let firstDigit = offset
    let magnitude = digits()
    let count = offset - firstDigit
    guard count > 0 else { throw failure("expected a digit after '-', found \(found())") }
    guard count == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
      throw failure(
        "expected a number without leading zeros, found '0' before another digit; remove the zero",
        at: firstDigit)
    }
    let hasFraction = try fraction()
    let hasExponent = try exponent()
    let isWhole = !hasFraction && !hasExponent
    // 18 digits always fit 64 bits; longer numbers use the slower conversion, which checks for overflow.
    if isWhole, count <= 18 { return .integer(isNegative ? -magnitude : magnitude) }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
    if isWhole, let integer = Int64(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else {
      throw failure(
        "expected a number of at most about 1.8e308, found \(Excerpt.of(text)); write it as a string",
        at: start)
    }
    return .number(number)
  }

  /// Consumes digits and returns their value, which is correct only for up to 18 digits.
  private mutating func digits() -> Int64 {
    var value: Int64 = 0
    while true {
      let digit = current &- UInt8(ascii: "0")
      guard digit < 10 else { return value }
      value = value &* 10 &+ Int64(digit)
      offset += 1
    }
  }

  /// Consumes a fraction and returns true, or returns false if there is none.
  private mutating func fraction() throws(JSONError) -> Bool {
    guard current == UInt8(ascii: ".") else { return false }
    offset += 1
    try requiredDigits(after: "'.'")
    return true
  }

  /// Consumes an exponent and returns true, or returns false if there is none.
  private mutating func exponent() throws(JSONError) -> Bool {
    guard current | 0x20 == UInt8(ascii: "e") else { return false }
    offset += 1
    if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
    try requiredDigits(after: "the exponent's 'e'")
    return true
  }

  private mutating func requiredDigits(after what: String) throws(JSONError) {
    let start = offset
    _ = digits()
    guard offset > start else { throw failure("expected a digit after \(what), found \(found())") }
  }
}
