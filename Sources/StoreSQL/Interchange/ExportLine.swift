import Routing
import Wire

/// One line of an export, written member by member in the order of the calls.
struct ExportLine {
  private(set) var bytes: [UInt8] = []
  private let writer = JSONWriter()

  /// Begins a line of a type.
  mutating func begin(_ type: InterchangeType) {
    bytes.append(contentsOf: #"{"type":"#.utf8)
    writer.append(.string(type.rawValue), to: &bytes)
  }

  mutating func end() { bytes.append(contentsOf: "}\n".utf8) }

  /// Hands over the lines so far.
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

  /// What a JSON column holds, as it is; `fallback` when another program wrote something else there.
  mutating func stored(_ key: String, _ json: String?, or fallback: JSONValue) {
    name(key)
    FaithfulJSON.append(json.flatMap(FaithfulJSON.value) ?? fallback, to: &bytes)
  }

  mutating func member(_ key: String, _ value: JSONValue) {
    name(key)
    writer.append(value, to: &bytes)
  }

  /// A key of a history's line: one that is null is left out.
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
