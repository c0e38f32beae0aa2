/// Finds bytes that are not valid UTF-8.
enum UTF8Check {
  /// The offset of the first byte that is not part of valid UTF-8, or nil when all bytes are valid.
  static func firstFault(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    do {
      _ = try UTF8Span(validating: bytes.span)
      return nil
    } catch {
      return error.byteOffsets.lowerBound
    }
  }
}
