#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The value bound to a statement's parameter, kept to avoid binding the same value twice.
///
/// It stores a copy of a text's bytes, which SQLite reads in place: they change only with the next binding of the same
/// parameter, and live until `free` is called.
struct BoundValue {
  private enum Kind { case null, integer, text, other }

  private var kind = Kind.null
  private var integer: Int64 = 0
  private var bytes: UnsafeMutablePointer<UInt8>?
  private var count = 0
  private var capacity = 0

  /// Whether the parameter must be bound to NULL.
  mutating func becomeNull() -> Bool {
    if kind == .null { return false }
    kind = .null
    return true
  }

  /// Whether the parameter must be bound to the number.
  mutating func become(_ value: Int64) -> Bool {
    if kind == .integer && integer == value { return false }
    (kind, integer) = (.integer, value)
    return true
  }

  /// Notes a binding to a value not stored here, so that the next value is always bound.
  mutating func becomeOther() { kind = .other }

  /// The copy to bind; nil if the same text is already bound.
  ///
  /// Calls `release` before it frees the bytes of an earlier text; `release` must unbind them.
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

  /// Frees the bytes. They must no longer be bound.
  mutating func free() {
    bytes?.deallocate()
    bytes = nil
    (kind, count, capacity) = (.null, 0, 0)
  }

  private static let leastCapacity = 64
}

extension Int {
  /// The smallest power of two that is not less than this number.
  fileprivate var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
