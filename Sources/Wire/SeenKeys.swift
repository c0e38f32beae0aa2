/// Detects duplicate keys of an object while it is read; cheap for the usual handful of keys.
struct SeenKeys {
  /// Above this number of members, a set finds duplicates faster than comparing each key with every other.
  private static let linearLimit = 16

  /// One bit per fingerprint seen; a key whose bit is clear is new without any comparison.
  private var fingerprints: UInt64 = 0
  private var set = Set<String>()

  /// Records a key and returns true if no earlier member has it.
  ///
  /// The caller passes its bytes when they are ASCII.
  mutating func insert(
    _ key: String, plain bytes: UnsafeBufferPointer<UInt8>?, after members: [JSONObject.Member]
  ) -> Bool {
    guard members.count < Self.linearLimit else {
      if set.isEmpty { for member in members { set.insert(member.key) } }
      return set.insert(key).inserted
    }
    let fingerprint = Self.fingerprint(of: bytes)
    defer { fingerprints |= fingerprint }
    guard fingerprints & fingerprint != 0 else { return true }
    return !members.contains { $0.key == key }
  }

  /// A bit selected by the length and the first and last bytes of a key, or all bits for a key that is not ASCII.
  ///
  /// Keys outside ASCII can be equal with different bytes, so they are compared with every other key.
  private static func fingerprint(of bytes: UnsafeBufferPointer<UInt8>?) -> UInt64 {
    guard let bytes else { return .max }
    guard let first = bytes.first, let last = bytes.last else { return 1 }
    return 1 << ((UInt64(first) &* 7 &+ UInt64(last) &* 5 &+ UInt64(bytes.count)) & 63)
  }
}
