/// Bytes delivered in chunks, so that a whole file is never in memory.
package struct ByteSource {
  /// The size of one read: 256 KiB.
  package static let chunkBytes = 262_144

  /// The next chunk, or nil at the end. A chunk may have any length.
  package let next: () throws -> [UInt8]?

  /// Returns a source that begins anew; nil if the bytes can be read only once. An import checks such a source before it
  /// begins its transaction.
  package let again: (() throws -> ByteSource)?

  /// Creates a source that calls the closure until it returns nil.
  package init(again: (() throws -> ByteSource)? = nil, next: @escaping () throws -> [UInt8]?) {
    (self.next, self.again) = (next, again)
  }

  /// Delivers bytes that are already in memory, as one chunk.
  package init(_ bytes: [UInt8]) {
    var rest: [UInt8]? = bytes
    self.init {
      defer { rest = nil }
      return rest
    }
  }
}
