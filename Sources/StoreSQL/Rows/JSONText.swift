import Routing
import Wire

/// Lists and parameters as stored: JSON in text columns.
package enum JSONText {
  /// The elements of a list of strings. Empty lists, the usual case, cost nothing.
  package static func texts(_ bytes: UnsafeBufferPointer<UInt8>, _ column: String) throws(UnreadableRow) -> [String] {
    if isPair(bytes, "[", "]") { return [] }
    guard case .array(let elements) = try parsed(bytes, column) else {
      throw UnreadableRow("\(column): expected a list of texts")
    }
    var texts: [String] = []
    texts.reserveCapacity(elements.count)
    for element in elements {
      guard case .string(let text) = element else {
        throw UnreadableRow("\(column): expected a list of texts, found \(element.briefly) in it")
      }
      texts.append(text)
    }
    return texts
  }

  /// The members of an object in their written order; a list or object becomes its JSON text.
  package static func parameters(_ bytes: UnsafeBufferPointer<UInt8>, _ column: String) throws(UnreadableRow)
    -> [Parameter]
  {
    if isPair(bytes, "{", "}") { return [] }
    guard case .object(let object) = try parsed(bytes, column) else {
      throw UnreadableRow("\(column): expected an object")
    }
    return object.members.map { Parameter($0.key, scalar($0.value)) }
  }

  /// As above, for a column already read as a string.
  package static func texts(_ text: String, _ column: String) throws(UnreadableRow) -> [String] {
    try withBytes(of: text) { (bytes) throws(UnreadableRow) in try texts(bytes, column) }
  }

  /// As above, for a column already read as a string.
  package static func parameters(_ text: String, _ column: String) throws(UnreadableRow) -> [Parameter] {
    try withBytes(of: text) { (bytes) throws(UnreadableRow) in try parameters(bytes, column) }
  }

  /// The JSON of a list column, without spaces.
  package static func text(of texts: [String]) -> String {
    texts.isEmpty ? "[]" : JSONWriter().string(.array(texts.map(JSONValue.string)))
  }

  /// The JSON of an object column, without spaces; 3.0 remains 3.0. The last value wins for a repeated name.
  package static func text(of parameters: [Parameter]) -> String { FaithfulJSON.text(of: parameters) }

  private static func isPair(
    _ bytes: UnsafeBufferPointer<UInt8>, _ first: Unicode.Scalar, _ last: Unicode.Scalar
  ) -> Bool {
    bytes.count == 2 && bytes[0] == UInt8(ascii: first) && bytes[1] == UInt8(ascii: last)
  }

  private static func parsed(_ bytes: UnsafeBufferPointer<UInt8>, _ column: String) throws(UnreadableRow)
    -> JSONValue
  {
    do throws(JSONError) {
      return try JSONParser.parse(bytes)
    } catch {
      throw UnreadableRow("\(column): \(error)")
    }
  }

  private static func withBytes<Result>(
    of text: String, _ body: (UnsafeBufferPointer<UInt8>) throws(UnreadableRow) -> Result
  ) throws(UnreadableRow) -> Result {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { (buffer) throws(UnreadableRow) in try body(buffer) }
  }

  private static func scalar(_ value: JSONValue) -> Scalar {
    switch value {
    case .bool(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .string(let value): .text(value)
    case .null, .array, .object: .text(JSONWriter().string(value))
    }
  }

  static func value(_ scalar: Scalar) -> JSONValue {
    switch scalar {
    case .boolean(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let value): .string(value)
    }
  }
}
