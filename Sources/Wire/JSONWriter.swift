/// Writes JSON values as text; equal values always give the same bytes.
///
/// `"`, `\`, control characters and U+2028/U+2029 are escaped; everything else is written as UTF-8. Unless
/// `keepsFractionOfZero`, a `.number` below 1e15 without a fraction is written without `.0` and therefore read back as an
/// `.integer`. A number that is not finite has no JSON form and stops the program. The output does not end in a line feed.
package struct JSONWriter: Sendable {
  /// The layout of the output.
  package enum Style: Sendable {
    /// One line without spaces: `{"a":1,"b":[1,2]}`.
    case compact
    /// One element or member per line, indented by 2 spaces.
    case pretty
  }

  /// The layout of the output.
  package let style: Style

  /// Whether 3.0 is written as `3.0`, and so read back as a `.number`.
  private let keepsFractionOfZero: Bool

  /// Makes a writer, compact by default.
  package init(style: Style = .compact, keepsFractionOfZero: Bool = false) {
    (self.style, self.keepsFractionOfZero) = (style, keepsFractionOfZero)
  }

  /// The value as a string; linear in its size.
  package func string(_ value: JSONValue) -> String {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the value as UTF-8; linear in its size.
  package func append(_ value: JSONValue, to bytes: inout [UInt8]) {
    append(value, depth: 0, to: &bytes)
  }

  /// A number in Swift's shortest form that reads back as the same value, without `.0` below 1e15.
  static func text(of number: Double) -> String {
    // A negative zero keeps its fraction: "-0" would be read back as the integer 0 and lose the sign.
    let isNegativeZero = number == 0 && number.sign == .minus
    guard let whole = whole(number), !isNegativeZero else { return number.description }
    return whole.description
  }

  /// A number below 1e15 without a fraction as an integer, or nil for any other.
  ///
  /// It uses a conversion, because `rounded` and `Int64(exactly:)` call C's `trunc`, which a program without Foundation
  /// does not link on Linux.
  static func whole(_ number: Double) -> Int64? {
    guard abs(number) < 1e15, Double(Int64(number)) == number else { return nil }
    return Int64(number)
  }

  /// Appends the value as it is written inside `depth` other values, for a document that is written in pieces.
  package func append(_ value: JSONValue, depth: Int, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    case .integer(let number): bytes.append(contentsOf: number.description.utf8)
    case .number(let number):
      precondition(number.isFinite, "expected a finite number for JSON, found \(number); send null instead")
      bytes.append(contentsOf: (keepsFractionOfZero ? number.description : Self.text(of: number)).utf8)
    case .string(let text): append(text, to: &bytes)
    case .array(let elements):
      list(elements, "[", "]", depth, &bytes) { element, bytes in
        append(element, depth: depth + 1, to: &bytes)
      }
    case .object(let object):
      list(object.members, "{", "}", depth, &bytes) { member, bytes in
        append(member.key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        if style == .pretty { bytes.append(UInt8(ascii: " ")) }
        append(member.value, depth: depth + 1, to: &bytes)
      }
    }
  }

  private func list<Item>(
    _ items: [Item], _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ depth: Int,
    _ bytes: inout [UInt8], _ write: (Item, inout [UInt8]) -> Void
  ) {
    bytes.append(UInt8(ascii: open))
    for (index, item) in items.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      breakLine(depth + 1, &bytes)
      write(item, &bytes)
    }
    if !items.isEmpty { breakLine(depth, &bytes) }
    bytes.append(UInt8(ascii: close))
  }

  private func breakLine(_ depth: Int, _ bytes: inout [UInt8]) {
    guard style == .pretty else { return }
    bytes.append(0x0A)
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  private func append(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8 { source in
      var run = 0
      for index in source.indices {
        guard let (escape, length) = Self.escape(at: index, in: source) else { continue }
        bytes.append(contentsOf: source[run..<index])
        bytes.append(contentsOf: escape.utf8)
        run = index + length
      }
      bytes.append(contentsOf: source[run...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// The escape for the scalar that begins at an index, with its length in bytes, or nil if no escape is needed.
  private static func escape(
    at index: Int, in source: UnsafeBufferPointer<UInt8>
  ) -> (text: String, length: Int)? {
    switch source[index] {
    case UInt8(ascii: "\""): return ("\\\"", 1)
    case UInt8(ascii: "\\"): return ("\\\\", 1)
    case 0x0A: return ("\\n", 1)
    case 0x0D: return ("\\r", 1)
    case 0x09: return ("\\t", 1)
    case 0x08: return ("\\b", 1)
    case 0x0C: return ("\\f", 1)
    case let byte where byte < 0x20: return (Hex.escape(UInt16(byte)), 1)
    // U+2028 and U+2029 end a line in JavaScript and in some log readers.
    case 0xE2 where source[index + 1] == 0x80 && source[index + 2] | 1 == 0xA9:
      return (Hex.escape(0x2000 | UInt16(source[index + 2] & 0x3F)), 3)
    default: return nil
    }
  }
}
