/// Writes the bytes of a record: integers take as few bytes as possible, with seven bits in each.
struct RecordWriter {
  private(set) var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func number(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func count(_ value: Int) { number(UInt64(bitPattern: Int64(value))) }

  /// Small positive and negative values are short.
  mutating func signed(_ value: Int64) { number(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  /// The distance between two values, which is short if they are close.
  mutating func difference(_ value: Int64, from other: Int64) { signed(value &- other) }

  mutating func text(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      count(utf8.count)
      bytes.append(contentsOf: utf8)
    }
  }

  /// Clears the buffer for reuse and keeps its capacity.
  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
