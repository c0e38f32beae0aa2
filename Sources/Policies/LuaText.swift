import Wire

/// Writes values as Lua source, for case files.
package enum LuaText {
  /// The maximum length of a literal on one line, in UTF-8 bytes, with its indentation.
  private static let lineMax = 110

  /// Writes a literal. Tables that do not fit on one line are split over several lines, indented by `depth` steps of
  /// two spaces. Nulls in a table are omitted.
  package static func literal(_ value: JSONValue, depth: Int = 0) -> String {
    let short = compact(value)
    if short.utf8.count + depth * 2 <= lineMax { return short }
    let indent = String(repeating: "  ", count: depth + 1)
    let lines: [String]
    switch value {
    case .array(let values): lines = values.map { literal($0, depth: depth + 1) }
    case .object(let object):
      lines = present(object).map { "\(key($0)) = \(literal($1, depth: depth + 1))" }
    default: return short
    }
    return "{\n" + lines.map { "\(indent)\($0),\n" }.joined() + String(repeating: "  ", count: depth) + "}"
  }

  /// Writes a literal on one line, whatever its length.
  package static func compact(_ value: JSONValue) -> String {
    switch value {
    case .null: "nil"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): value == .min ? "math.mininteger" : "\(value)"
    case .number(let value): number(value)
    case .string(let value): text(value)
    case .array(let values): values.isEmpty ? "{}" : "{ " + values.map(compact).joined(separator: ", ") + " }"
    case .object(let object):
      object.isEmpty
        ? "{}" : "{ " + present(object).map { "\(key($0)) = \(compact($1))" }.joined(separator: ", ") + " }"
    }
  }

  private static func present(_ object: JSONObject) -> [JSONObject.Member] { object.members.filter { $1 != .null } }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "(0/0)" }
    if value.isInfinite { return value < 0 ? "-math.huge" : "math.huge" }
    // Swift's text reads back as the same number. It always has a decimal point or an exponent; without one, Lua would
    // read an integer.
    return "\(value)"
  }

  private static let words: Set<String> = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
    "not",
    "or", "repeat", "return", "then", "true", "until", "while",
  ]

  private static func key(_ name: String) -> String {
    let isName =
      !name.isEmpty && !words.contains(name)
      && name.utf8.enumerated().allSatisfy { place, byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): place > 0
        default: false
        }
      }
    return isName ? name : "[\(text(name))]"
  }

  private static func text(_ value: String) -> String {
    var result = "'"
    for scalar in value.unicodeScalars {
      switch scalar {
      case "'": result += "\\'"
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      // Invisible characters, and those that change the text direction, are written as escapes.
      case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.properties.generalCategory == .format:
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "'"
  }
}
