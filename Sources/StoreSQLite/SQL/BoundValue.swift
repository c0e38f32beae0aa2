#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a parameter of a statement is bound to, kept so that the same value is not bound twice.
///
/// A text is kept here as bytes of its own, which SQLite reads in place: they are changed only by the next binding of
/// the same parameter, and live until `free` is called.
struct BoundValue {
  private enum Kind { case null, integer, text, other }

  private var kind = Kind.null
  private var integer: Int64 = 0
  private var bytes: UnsafeMutablePointer<UInt8>?
  private var count = 0
  private var capacity = 0

  /// Whether the parameter has to be bound to NULL.
  mutating func becomeNull() -> Bool {
    if kind == .null { return false }
    kind = .null
    return true
  }

  /// Whether the parameter has to be bound to the number.
  mutating func become(_ value: Int64) -> Bool {
    if kind == .integer && integer == value { return false }
    (kind, integer) = (.integer, value)
    return true
  }

  /// The parameter is bound to what is not kept here, and will have to be bound again.
  mutating func becomeOther() { kind = .other }

  /// The copy that the parameter has to be bound to; nil when it is bound to the same text already.
  ///
  /// `release` is called before the bytes of an earlier text are given up, and must leave the parameter without them.
  mutating func become(_ text: UnsafeBufferPointer<UInt8>, release: () -> Void) -> UnsafeBufferPointer<UInt8>? {
    if kind == .text, count == text.count, let bytes, let source = text.baseAddress,
      memcmp(bytes, source, count) == 0
    {
      return nil
    }
    if text.count > capacity || bytes == nil {
      if bytes != nil { release() }
      free()
      capacity = max(text.count.nextPowerOfTwo, BoundValue.leastCapacity)
      bytes = .allocate(capacity: capacity)
    }
    if let bytes, let source = text.baseAddress { bytes.update(from: source, count: text.count) }
    (kind, count) = (.text, text.count)
    return UnsafeBufferPointer(start: bytes, count: count)
  }

  /// Gives the bytes back. Nothing must be bound to them any more.
  mutating func free() {
    bytes?.deallocate()
    bytes = nil
    (kind, count, capacity) = (.null, 0, 0)
  }

  private static let leastCapacity = 64
}

extension Int {
  /// The least power of two that is not below.
  fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
