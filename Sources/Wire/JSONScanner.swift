/// The implementation of `JSONParser`: an offset into the bytes, and one method per rule of the grammar.
///
/// Each rule begins at its first byte and leaves `offset` just after its last.
struct JSONScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var offset = 0
  var depth = 0
  /// The decoded bytes of the current string if it has escapes; its memory is reused for the next string.
  var scratch: [UInt8] = []
  /// Whether the last string read was ASCII without escapes.
  var isPlain = false

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The byte at the offset; 0 at the end of the input, which no rule accepts outside strings.
  @inline(__always)
  var current: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  mutating func document() throws(JSONError) -> JSONValue {
    skipSpace()
    let result = try value()
    skipSpace()
    guard offset == bytes.count else {
      throw failure("expected the end of the input after the value, found \(found())")
    }
    return result
  }

  @inline(__always)
  mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  mutating func value() throws(JSONError) -> JSONValue {
    switch current {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw failure("expected a value, found \(found())")
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for index in 0..<word.utf8CodeUnitCount {
      guard current == word.utf8Start[index] else {
        throw failure("expected the word '\(word)', found \(found()) at its character \(index + 1)")
      }
      offset += 1
    }
    return value
  }

  private mutating func descend() throws(JSONError) {
    guard depth < JSONParser.maximumDepth else {
      throw failure(
        "expected at most \(JSONParser.maximumDepth) arrays and objects inside each other, found one more;"
          + " reduce the nesting")
    }
    depth += 1
    offset += 1
    skipSpace()
  }

  private mutating func ascend() {
    depth -= 1
    offset += 1
  }

  private mutating func array() throws(JSONError) -> [JSONValue] {
    try descend()
    var elements: [JSONValue] = []
    if current == UInt8(ascii: "]") {
      ascend()
      return elements
    }
    while true {
      elements.append(try value())
      skipSpace()
      switch current {
      case UInt8(ascii: ","):
        offset += 1
        skipSpace()
        guard current != UInt8(ascii: "]") else {
          throw failure("expected a value after ',', found ']'; remove the comma")
        }
      case UInt8(ascii: "]"):
        ascend()
        return elements
      default:
        throw failure("expected ',' or ']', found \(found())")
      }
    }
  }

  private mutating func object() throws(JSONError) -> JSONObject {
    try descend()
    if current == UInt8(ascii: "}") {
      ascend()
      return JSONObject()
    }
    var members: [JSONObject.Member] = []
    // One allocation instead of four for the usual handful of members.
    members.reserveCapacity(8)
    var seen = SeenKeys()
    while true {
      let key = try key(unlike: members, seen: &seen)
      skipSpace()
      guard current == UInt8(ascii: ":") else { throw failure("expected ':', found \(found())") }
      offset += 1
      skipSpace()
      members.append((key, try value()))
      skipSpace()
      switch current {
      case UInt8(ascii: ","):
        offset += 1
        skipSpace()
        guard current != UInt8(ascii: "}") else {
          throw failure("expected a key in double quotes after ',', found '}'; remove the comma")
        }
      case UInt8(ascii: "}"):
        ascend()
        return JSONObject(unique: members)
      default:
        throw failure("expected ',' or '}', found \(found())")
      }
    }
  }

  private mutating func key(
    unlike members: [JSONObject.Member], seen: inout SeenKeys
  ) throws(JSONError) -> String {
    let start = offset
    guard current == UInt8(ascii: "\"") else {
      throw failure("expected a key in double quotes, found \(found())")
    }
    let key = try string()
    let source = isPlain ? UnsafeBufferPointer(rebasing: bytes[start + 1..<offset - 1]) : nil
    guard seen.insert(key, plain: source, after: members) else {
      throw failure(
        "expected each key once in an object, found '\(Excerpt.of(key))' again; remove one of the two",
        at: start)
    }
    return key
  }
}
