/// One JSON value, with whole numbers kept apart from other numbers and object keys kept in order.
///
/// Equality is structural: `.integer(3)` and `.number(3)` differ, and so do two objects with the same members in
/// another order. Strings are compared as Swift compares them, by canonical equivalence.
package enum JSONValue: Sendable, Equatable {
  /// The word `null`.
  case null
  /// The word `true` or `false`.
  case bool(Bool)
  /// A number without fraction or exponent in the source that fits 64 bits.
  case integer(Int64)
  /// Any other number; always finite when it comes from the parser.
  case number(Double)
  /// A string, with its escapes decoded.
  case string(String)
  /// Values in source order.
  case array([JSONValue])
  /// Named values in source order.
  case object(JSONObject)

  /// The value in a few words, for the "found" part of an error message.
  ///
  /// Safe to print: a long string is shortened to 40 characters and control characters are escaped.
  package var briefly: String {
    switch self {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .integer(let number): "the number \(number)"
    case .number(let number): "the number \(JSONWriter.text(of: number))"
    case .string(let text): "the text \"\(Excerpt.of(text))\""
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByNilLiteral {
  /// Makes `.null` from `nil`.
  package init(nilLiteral: ()) { self = .null }
}

extension JSONValue: ExpressibleByBooleanLiteral {
  /// Makes `.bool` from `true` or `false`.
  package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByIntegerLiteral {
  /// Makes `.integer` from a whole number.
  package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension JSONValue: ExpressibleByFloatLiteral {
  /// Makes `.number` from a number with a fraction or exponent.
  package init(floatLiteral value: Double) { self = .number(value) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  /// Makes `.string` from a string literal.
  package init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByArrayLiteral {
  /// Makes `.array` from values, in source order.
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
  /// Makes `.object` from members, in source order; a repeated key is a programming error.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements))
  }
}
