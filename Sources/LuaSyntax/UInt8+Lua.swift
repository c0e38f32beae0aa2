/// The byte classes of Lua's scanner; all are ASCII, independent of the locale.
extension UInt8 {
  /// Whether the byte is `\n` or `\r`.
  var isLineEnd: Bool { self == 0x0A || self == 0x0D }

  /// Whether the byte is a space, another blank or a line end.
  var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }

  /// Whether the byte is a decimal digit.
  var isDigit: Bool { (0x30...0x39).contains(self) }

  /// Whether the byte may begin a name.
  var isNameStart: Bool {
    (0x61...0x7A).contains(self | 0x20) || self == 0x5F
  }

  /// Whether the byte may continue a name.
  var isNamePart: Bool { isNameStart || isDigit }

  /// The value of a hexadecimal digit, or nil for any other byte.
  var hexValue: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x41 + 10
    case 0x61...0x66: self - 0x61 + 10
    default: nil
    }
  }
}
