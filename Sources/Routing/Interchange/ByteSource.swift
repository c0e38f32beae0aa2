/// Bytes that come in pieces, so that a file never has to be in memory.
package struct ByteSource {
  /// How much is read at a time: 256 KiB.
  package static let chunkBytes = 262_144

  /// The next piece, or nil at the end. A piece may be of any length.
  package let next: () throws -> [UInt8]?

  /// Makes a source of a closure that is called until it returns nil.
  package init(next: @escaping () throws -> [UInt8]?) { self.next = next }

  /// Hands over what is in memory, all at once.
  package init(_ bytes: [UInt8]) {
    var rest: [UInt8]? = bytes
    self.init {
      defer { rest = nil }
      return rest
    }
  }
}
