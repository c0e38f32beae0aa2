import Routing

/// Reads data that `RecordWriter` wrote. For any bytes it either throws or returns values, and never allocates more
/// memory than their length.
struct RecordReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0

  /// `bytes` must outlive the reader.
  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }
  private var remaining: Int { bytes.count - offset }

  mutating func byte() throws(UnreadableRecord) -> UInt8 {
    guard offset < bytes.count else { throw failure("expected more bytes, found the end") }
    defer { offset += 1 }
    return bytes[offset]
  }

  mutating func number() throws(UnreadableRecord) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      if shift == 63, next > 1 { throw failure("expected a number of 64 bits, found a longer one") }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
      if shift > 63 { throw failure("expected a number of 64 bits, found a longer one") }
    }
  }

  /// A number from 0 up.
  mutating func count() throws(UnreadableRecord) -> Int {
    guard let value = Int(exactly: try number()) else {
      throw failure("expected a count of at most 63 bits, found a larger one")
    }
    return value
  }

  /// The number of elements that follow. Each takes at least one byte, so it cannot exceed the remaining bytes.
  mutating func elements() throws(UnreadableRecord) -> Int {
    let count = try count()
    guard count <= remaining else { throw failure("expected \(count) elements, found \(remaining) bytes") }
    return count
  }

  mutating func signed() throws(UnreadableRecord) -> Int64 {
    let value = try number()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func difference(from other: Int64) throws(UnreadableRecord) -> Int64 { other &+ (try signed()) }

  mutating func text() throws(UnreadableRecord) -> String {
    let length = try elements()
    defer { offset += length }
    guard
      let text = String(validating: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]), as: UTF8.self)
    else { throw failure("expected a text in UTF-8") }
    return text
  }

  func failure(_ text: String) -> UnreadableRecord { UnreadableRecord("byte \(offset): \(text)") }
}
