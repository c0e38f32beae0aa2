/// What becomes of texts before they are kept: SQLite's `length` ends at a NUL.
extension String {
  /// A reason as it is kept: an empty one is none.
  package var asReason: String {
    let text = withoutNUL
    return text.isEmpty ? "no reason given" : text
  }

  /// The text with each NUL as a replacement character.
  package var withoutNUL: String {
    guard utf8.withContiguousStorageIfAvailable(String.holdsNUL) ?? utf8.contains(0) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }))
  }

  /// Eight bytes at a time: each text that is stored is looked at.
  private static func holdsNUL(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let raw = UnsafeRawBufferPointer(bytes)
    var index = 0
    while index + 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      // The high bit of each byte that is 0, and perhaps of others above one that is.
      if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { return true }
      index += 8
    }
    return raw[index...].contains(0)
  }
}
