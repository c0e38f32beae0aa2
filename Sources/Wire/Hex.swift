/// Reads and writes hexadecimal digits.
enum Hex {
  /// The value of a digit in either case, or nil for another byte.
  static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// A number in upper-case digits, zero-padded to a width.
  static func padded(_ number: UInt32, to width: Int) -> String {
    let digits = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// A byte, as in `0xFF`.
  static func byte(_ byte: UInt8) -> String { "0x" + padded(UInt32(byte), to: 2) }

  /// A UTF-16 code unit, as in `\uD800`.
  static func escape(_ unit: UInt16) -> String { "\\u" + padded(UInt32(unit), to: 4) }
}
