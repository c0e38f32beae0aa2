import Routing
import Wire

/// One line of an export. Members appear in the order of the calls.
struct ExportLine {
  private(set) var bytes: [UInt8] = []
  private let writer = JSONWriter()

  /// Starts a line of the given type.
  mutating func begin(_ type: InterchangeType) {
    bytes.append(contentsOf: #"{"type":"#.utf8)
    writer.append(.string(type.rawValue), to: &bytes)
  }

  mutating func end() { bytes.append(contentsOf: "}\n".utf8) }

  /// Returns the lines written so far and clears the buffer.
  mutating func drain() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  mutating func text(_ key: String, _ value: String?) { member(key, value.map(JSONValue.string) ?? .null) }

  mutating func whole(_ key: String, _ value: Int64?) { member(key, value.map(JSONValue.integer) ?? .null) }

  mutating func number(_ key: String, _ value: Double) { member(key, .number(value)) }

  mutating func instant(_ key: String, _ milliseconds: Int64?) {
    text(key, milliseconds.map { Instant(milliseconds: $0).rfc3339 })
  }

  /// The content of a JSON column, unchanged; `fallback` if another program stored something that is not JSON.
  mutating func stored(_ key: String, _ json: String?, or fallback: JSONValue) {
    name(key)
    FaithfulJSON.append(json.flatMap(FaithfulJSON.value) ?? fallback, to: &bytes)
  }

  mutating func member(_ key: String, _ value: JSONValue) {
    name(key)
    writer.append(value, to: &bytes)
  }

  /// A key in a line of history; leaves it out if the value is null.
  mutating func textIfAny(_ key: String, _ value: String?) {
    if let value { text(key, value) }
  }

  mutating func wholeIfAny(_ key: String, _ value: Int64?) {
    if let value { whole(key, value) }
  }

  mutating func storedIfAny(_ key: String, _ json: String?) {
    if let json { stored(key, json, or: .object([:])) }
  }

  mutating func instantIfAny(_ key: String, _ milliseconds: Int64?) {
    if let milliseconds { instant(key, milliseconds) }
  }

  private mutating func name(_ key: String) {
    bytes.append(UInt8(ascii: ","))
    writer.append(.string(key), to: &bytes)
    bytes.append(UInt8(ascii: ":"))
  }
}
