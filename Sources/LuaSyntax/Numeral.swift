/// The value of a Lua numeral.
enum Numeral: Equatable {
  case integer(Int64)
  case float(Double)

  /// Converts a whole numeral without sign or spaces; nil when it is malformed.
  ///
  /// Hexadecimal integers wrap around at 64 bits; decimal integers that do not fit become floats.
  init?(_ text: ArraySlice<UInt8>) {
    let isHex = text.count > 1 && text[text.startIndex] == UInt8(ascii: "0") && Self.isMark(text, "x")
    let body = isHex ? text.dropFirst(2) : text
    guard let parts = Parts(body, isHex: isHex) else { return nil }
    if parts.isInteger, isHex {
      let wrapped = parts.whole.reduce(UInt64(0)) { $0 << 4 | UInt64($1.hexValue ?? 0) }
      self = .integer(Int64(bitPattern: wrapped))
    } else if parts.isInteger, let value = Self.decimalInteger(parts.whole) {
      self = .integer(value)
    } else {
      self = .float(isHex ? Self.hexFloat(parts) : Self.decimalFloat(parts))
    }
  }

  private static func isMark(_ text: ArraySlice<UInt8>, _ mark: Unicode.Scalar) -> Bool {
    text[text.startIndex + 1] | 0x20 == UInt8(ascii: mark)
  }

  private static func decimalInteger(_ digits: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for digit in digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
      if overflow || carry { return nil }
      value = sum
    }
    return value
  }

  private static func decimalFloat(_ parts: Parts) -> Double {
    // Digits after the eight-hundredth can only break a tie, so one sticky digit replaces all of them.
    var digits = parts.whole.drop { $0 == UInt8(ascii: "0") } + parts.fraction
    var exponent = parts.exponent - parts.fraction.count
    let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
    digits.removeFirst(leading)
    if digits.isEmpty { return 0 }
    let limit = 800
    if digits.count > limit {
      exponent += digits.count - limit - 1
      let sticky = digits.dropFirst(limit).contains { $0 != UInt8(ascii: "0") }
      digits = digits.prefix(limit) + [UInt8(ascii: sticky ? "1" : "0")]
    }
    // Beyond these bounds the result is certain, and the library does not have to read an enormous exponent.
    let magnitude = exponent + digits.count
    if magnitude > 400 { return .infinity }
    if magnitude < -400 { return 0 }
    return Double("\(String(decoding: digits, as: UTF8.self))e\(exponent)") ?? 0
  }

  private static func hexFloat(_ parts: Parts) -> Double {
    var mantissa: UInt64 = 0
    var exponent = parts.exponent
    for digit in parts.whole + parts.fraction {
      let value = UInt64(digit.hexValue ?? 0)
      if mantissa >> 59 == 0 {
        mantissa = mantissa << 4 | value
      } else {
        exponent += 4
        // The dropped digits are kept as a sticky bit, so that rounding is correct.
        if value != 0 { mantissa |= 1 }
      }
    }
    exponent -= 4 * parts.fraction.count
    if mantissa == 0 { return 0 }
    let top = 63 - mantissa.leadingZeroBitCount + exponent
    if top > 1100 { return .infinity }
    if top < -1200 { return 0 }
    return scale(mantissa, by: exponent)
  }

  /// Rounds `mantissa * 2^exponent` once, also for a subnormal result.
  private static func scale(_ mantissa: UInt64, by exponent: Int) -> Double {
    let width = 64 - mantissa.leadingZeroBitCount
    let lowest = max(exponent + width - 53, -1074)
    let drop = lowest - exponent
    if drop <= 0 { return Double(sign: .plus, exponent: exponent, significand: Double(mantissa)) }
    if drop > 64 { return 0 }
    var kept = drop == 64 ? 0 : mantissa >> UInt64(drop)
    let half = UInt64(1) << UInt64(drop - 1)
    let rest = drop == 64 ? mantissa : mantissa & (half << 1 &- 1)
    if rest > half || (rest == half && kept & 1 == 1) { kept += 1 }
    return Double(sign: .plus, exponent: lowest, significand: Double(kept))
  }
}

extension Numeral {
  /// The digits of a numeral before and after its point, and its exponent.
  struct Parts {
    var whole: ArraySlice<UInt8>
    var fraction: ArraySlice<UInt8> = []
    var exponent = 0
    var isInteger = true

    /// Splits a numeral without its `0x`; nil when it is malformed.
    init?(_ text: ArraySlice<UInt8>, isHex: Bool) {
      let isDigit: (UInt8) -> Bool = { isHex ? $0.hexValue != nil : $0.isDigit }
      whole = text.prefix(while: isDigit)
      var rest = text.dropFirst(whole.count)
      if rest.first == UInt8(ascii: ".") {
        isInteger = false
        fraction = rest.dropFirst().prefix(while: isDigit)
        rest = rest.dropFirst(fraction.count + 1)
      }
      guard !whole.isEmpty || !fraction.isEmpty else { return nil }
      guard let mark = rest.popFirst() else { return }
      guard mark | 0x20 == UInt8(ascii: isHex ? "p" : "e") else { return nil }
      isInteger = false
      let sign = rest.first
      if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
      guard !rest.isEmpty, rest.allSatisfy(\.isDigit) else { return nil }
      // A cap far above the length of any source keeps the sum in range without changing the result.
      for digit in rest { exponent = min(exponent * 10 + Int(digit - UInt8(ascii: "0")), 1 << 50) }
      if sign == UInt8(ascii: "-") { exponent = -exponent }
    }
  }
}
