/// Reads one JSON document (strict RFC 8259) from UTF-8 bytes.
///
/// Rejected: trailing commas, comments, NaN and infinities, numbers too large for a `Double`, invalid UTF-8, a byte
/// order mark, lone surrogates, raw control characters in strings, duplicate keys in one object, nesting deeper than
/// `maximumDepth`, and anything but white space after the value. Time is linear in the input.
package struct JSONParser {
  /// The maximum nesting of arrays and objects; it keeps hostile input from exhausting the stack.
  package static let maximumDepth = 64

  /// Parses an array of bytes.
  ///
  /// Throws the first error, with its line and column.
  package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in try parse(buffer) }
  }

  /// Parses bytes in memory, which must stay valid and unchanged during the call.
  ///
  /// Throws the first error, with its line and column.
  package static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
    try bytes.withMemoryRebound(to: UInt8.self) { (buffer) throws(JSONError) in try parse(buffer) }
  }

  /// Parses any other bytes, such as a slice or the `utf8` of a string, without a copy if they are contiguous.
  ///
  /// Throws the first error, with its line and column.
  package static func parse(_ bytes: some Collection<UInt8>) throws(JSONError) -> JSONValue {
    // The standard library's closure throws `any Error`, so the typed error travels in a Result.
    let result = bytes.withContiguousStorageIfAvailable { buffer in
      Result { () throws(JSONError) in try parse(buffer) }
    }
    guard let result else { return try parse(Array(bytes)) }
    return try result.get()
  }

  /// Parses bytes in memory, which must stay valid and unchanged during the call; the other overloads end here.
  ///
  /// Throws the first error, with its line and column.
  package static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONValue {
    var scanner = JSONScanner(bytes: bytes)
    return try scanner.document()
  }
}
