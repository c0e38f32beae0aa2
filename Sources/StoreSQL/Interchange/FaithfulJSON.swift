import Routing
import Wire

/// JSON as stored in columns: `JSONWriter`'s compact form, except that 3.0 remains 3.0. Policies can tell it from 3,
/// and a revision's digest covers it.
enum FaithfulJSON {
  static func text(of value: JSONValue) -> String {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
    switch value {
    case .number(let number):
      bytes.append(contentsOf: number.description.utf8)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        append(element, to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let object):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in object.members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        append(.string(member.key), to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(member.value, to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    case .null, .bool, .integer, .string:
      JSONWriter().append(value, to: &bytes)
    }
  }

  /// Parameters as an object; of a repeated name the last value counts.
  static func text(of parameters: [Parameter]) -> String {
    var object = JSONObject()
    for parameter in parameters { object[parameter.name] = JSONText.value(parameter.value) }
    return text(of: .object(object))
  }

  static func text(of texts: [String]) -> String { text(of: .array(texts.map(JSONValue.string))) }

  /// The value of a stored column; nil if another program stored something that is not JSON.
  static func value(of text: String) -> JSONValue? { try? JSONParser.parse(text.utf8) }

  /// The strings of a stored list.
  static func texts(of text: String) -> [String] {
    guard case .array(let elements)? = value(of: text) else { return [] }
    return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }
}
