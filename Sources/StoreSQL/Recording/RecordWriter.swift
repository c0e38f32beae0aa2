/// Bytes of a record, written piece by piece: whole numbers in as few bytes as they need, seven bits in each.
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

  /// Small values of either sign are short.
  mutating func signed(_ value: Int64) { number(UInt64(bitPattern: value << 1 ^ value >> 63)) }

  /// How far a value is from another, which is short when they are near.
  mutating func difference(_ value: Int64, from other: Int64) { signed(value &- other) }

  mutating func text(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      count(utf8.count)
      bytes.append(contentsOf: utf8)
    }
  }

  /// To be used again, with its room.
  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
