#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A cache of decoded JSON, since many rows contain the same text. Each of its 256 slots keeps the last text that
/// hashed to it.
package struct ReadTexts<Value> {
  @inlinable static var places: Int { 256 }
  /// Shorter texts, such as an empty list or object, are faster to decode than to look up.
  @inlinable static var lengthMin: Int { 3 }
  /// Longer texts hardly ever repeat and are decoded each time.
  @inlinable static var lengthMax: Int { 96 }

  @usableFromInline var values = [Value?](repeating: nil, count: ReadTexts.places)
  @usableFromInline var lengths = [Int](repeating: 0, count: ReadTexts.places)
  @usableFromInline var bytes = [UInt8](repeating: 0, count: ReadTexts.places * ReadTexts.lengthMax)

  /// Starts empty; use one for each column.
  @inlinable package init() {}

  /// The decoded value of a text, from the cache or from `read`.
  @inlinable package mutating func value<Failure: Error>(
    of text: UnsafeBufferPointer<UInt8>, read: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    guard text.count >= ReadTexts.lengthMin, text.count <= ReadTexts.lengthMax else { return try read(text) }
    let place = ReadTexts.place(of: text)
    if let value = values[place], isText(text, at: place) { return value }
    let value = try read(text)
    values[place] = value
    lengths[place] = text.count
    for (index, byte) in text.enumerated() { bytes[place * ReadTexts.lengthMax + index] = byte }
    return value
  }

  @inlinable func isText(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
    guard lengths[place] == text.count, let start = text.baseAddress else { return false }
    return bytes.withUnsafeBytes { bytes in
      // Each slot has `lengthMax` bytes, of which the first `lengths[place]` are in use.
      memcmp(bytes.baseAddress! + place * ReadTexts.lengthMax, start, text.count) == 0
    }
  }

  @inlinable static func place(of text: UnsafeBufferPointer<UInt8>) -> Int {
    let raw = UnsafeRawBufferPointer(text)
    var hash = UInt64(raw.count)
    var index = 0
    while index < raw.count {
      let word: UInt64
      if index + 8 <= raw.count {
        word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      } else {
        word = raw[index...].reduce(0) { $0 << 8 | UInt64($1) }
      }
      hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
      index += 8
    }
    return Int(hash % UInt64(places))
  }
}
