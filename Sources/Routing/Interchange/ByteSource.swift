/// Bytes delivered in chunks, so that a whole file is never in memory.
package struct ByteSource {
  /// The size of one read: 256 KiB.
  package static let chunkBytes = 262_144

  /// The next chunk, or nil at the end. A chunk may have any length.
  package let next: () throws -> [UInt8]?

  /// Creates a source that calls the closure until it returns nil.
  package init(next: @escaping () throws -> [UInt8]?) { self.next = next }

  /// Delivers bytes that are already in memory, as one chunk.
  package init(_ bytes: [UInt8]) {
    var rest: [UInt8]? = bytes
    self.init {
      defer { rest = nil }
      return rest
    }
  }
}
