#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

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

  /// By the C library, many bytes at a time: each text that is stored is looked at.
  private static func holdsNUL(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let start = bytes.baseAddress else { return false }
    return memchr(start, 0, bytes.count) != nil
  }
}
