import Routing
import Testing

@testable import Wire

@Suite struct JSONParserTests {
  @Test(
    arguments: [
      ("null", JSONValue.null), (" true ", true), ("false", false), ("0", 0), ("-1", -1), ("-0", 0),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("999999999999999999", 999_999_999_999_999_999), ("1000000000000000000", 1_000_000_000_000_000_000),
      ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("3.0", 3.0), ("3.5e-1", 0.35),
      ("1E2", 100.0),
      ("1e+2", 100.0), ("-0.0", -0.0), ("1e-400", 0.0), ("1.7976931348623157e308", 1.7976931348623157e308),
      (#""""#, ""), (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{C}\n\r\tz"), (#""\u00e9\u0000""#, "é\u{0}"),
      (#""\ud83D\uDe00!""#, "😀!"), ("\"é漢😀\u{7F}\"", "é漢😀\u{7F}"), ("[]", []), ("{}", [:]),
      ("[ 1 , [ ] ]", [1, []]),
      ("{ \"a\" : 1 ,\r\n\t\"b\":{\"c\":[null]}}", ["a": 1, "b": ["c": [nil]]]), (#"{"":0}"#, ["": 0]),
    ] as [(String, JSONValue)])
  func `valid JSON is parsed into its value`(text: String, value: JSONValue) throws {
    #expect(try JSONParser.parse(text.utf8) == value)
  }

  @Test(
    arguments: [
      ("", 1, 1, "expected a value, found the end of the input"),
      ("  ", 1, 3, "expected a value, found the end of the input"),
      ("NaN", 1, 1, "expected a value, found 'N'"),
      ("-Infinity", 1, 2, "expected a digit after '-', found 'I'"),
      ("+1", 1, 1, "expected a value, found '+'"),
      (".5", 1, 1, "expected a value, found '.'"),
      ("1.", 1, 3, "expected a digit after '.', found the end of the input"),
      ("1e", 1, 3, "expected a digit after the exponent's 'e', found the end of the input"),
      ("1.5e+x", 1, 6, "expected a digit after the exponent's 'e', found 'x'"),
      (
        "[-01]", 1, 3,
        "expected a number without leading zeros, found '0' before another digit; remove the zero"
      ),
      ("1e999", 1, 1, "expected a number of at most about 1.8e308, found 1e999; write it as a string"),
      ("-1e999", 1, 1, "expected a number of at most about 1.8e308, found -1e999; write it as a string"),
      ("tru", 1, 4, "expected the word 'true', found the end of the input at its character 4"),
      ("nulL", 1, 4, "expected the word 'null', found 'L' at its character 4"),
      ("1 2", 1, 3, "expected the end of the input after the value, found '2'"),
      ("{} // done", 1, 4, "expected the end of the input after the value, found '/'"),
      ("[1,]", 1, 4, "expected a value after ',', found ']'; remove the comma"),
      ("[1 2]", 1, 4, "expected ',' or ']', found '2'"),
      ("[1", 1, 3, "expected ',' or ']', found the end of the input"),
      ("[,1]", 1, 2, "expected a value, found ','"),
      (#"{"a":1,}"#, 1, 8, "expected a key in double quotes after ',', found '}'; remove the comma"),
      (#"{"a":1 x}"#, 1, 8, "expected ',' or '}', found 'x'"),
      (#"{"a" 1}"#, 1, 6, "expected ':', found '1'"),
      ("{a:1}", 1, 2, "expected a key in double quotes, found 'a'"),
      ("{'a':1}", 1, 2, "expected a key in double quotes, found '''"),
      ("[1,\n  é]", 2, 3, "expected a value, found 'é'"),
      ("[\"é😀\", x]", 1, 8, "expected a value, found 'x'"),
      ("[1,\r\n2,\r\n?]", 3, 1, "expected a value, found '?'"),
      ("\u{FEFF}1", 1, 1, "expected a value, found a byte order mark; remove it"),
      ("\u{202E}", 1, 1, #"expected a value, found '\u{202E}'"#),
      (
        "\"a\nb\"", 1, 3,
        #"expected an escape such as \n or \u0001, found the raw control character '\u{0A}'"#
      ),
      (#""\x""#, 1, 3, #"expected one of " \ / b f n r t u after '\', found 'x'"#),
      (#""\u12G4""#, 1, 6, #"expected four hexadecimal digits after \u, found 'G'"#),
      (#""\u12"#, 1, 6, #"expected four hexadecimal digits after \u, found the end of the input"#),
      (
        #"["abc"#, 1, 6,
        "expected '\"' to close the string that begins at line 1, column 2, found the end of the input"
      ),
      (
        #""\"#, 1, 3,
        #"expected one of " \ / b f n r t u after '\', found the end of the input"#
      ),
      (
        #""\ud83dx""#, 1, 8,
        #"expected a low surrogate (\uDC00 to \uDFFF) after \uD83D, found 'x'; write both halves of the pair"#
      ),
      (
        #""\ud83d\n""#, 1, 8,
        #"expected a low surrogate (\uDC00 to \uDFFF) after \uD83D, found '\'; write both halves of the pair"#
      ),
      (
        #""\ud83d\u0041""#, 1, 8,
        #"expected a low surrogate (\uDC00 to \uDFFF) after \uD83D, found \u0041; write both halves of the pair"#
      ),
      (
        #""\udc00""#, 1, 2,
        #"expected a high surrogate (\uD800 to \uDBFF) before a low one, found \uDC00 alone;"#
          + " write both halves of the pair"
      ),
    ] as [(String, Int, Int, String)])
  func `invalid JSON is rejected with line and column`(text: String, line: Int, column: Int, message: String) {
    #expect(throws: JSONError(line: line, column: column, message: message)) {
      try JSONParser.parse(text.utf8)
    }
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xE2, 0x82, 0x22],
      [0x22, 0xC3, 0x5C, 0x6E, 0x22],
      [0xFF], [0x5B, 0x31, 0x80],
    ] as [[UInt8]])
  func `bytes that are not UTF-8 are rejected`(bytes: [UInt8]) throws {
    let error = try #require(throws: JSONError.self) { try JSONParser.parse(bytes) }
    #expect(error.message.contains("UTF-8"))
  }

  @Test(arguments: 0...20)
  func `special bytes are found at every position in a string`(place: Int) throws {
    let before = Array(repeating: UInt8(ascii: "!"), count: place)
    for byte in UInt8.min...UInt8.max {
      let source = [0x22] + before + [byte] + Array("#[]~0123456789\"".utf8)
      let value = try? JSONParser.parse(source)
      let isPlain = 0x20...0x7F ~= byte && byte != 0x22 && byte != 0x5C
      #expect((value != nil) == isPlain, "byte \(byte)")
      if isPlain { #expect(value == .string(String(decoding: source.dropFirst().dropLast(), as: UTF8.self))) }
    }
  }

  @Test func `an invalid byte in a string is reported at its own position`() {
    #expect(
      throws: JSONError(
        line: 1, column: 4, message: "expected UTF-8, found the byte 0xFF; save the input as UTF-8")
    ) { try JSONParser.parse(Array("\"aé".utf8) + [0xFF, 0x22]) }
  }

  @Test func `a duplicate key is rejected by name`() {
    #expect(
      throws: JSONError(
        line: 2, column: 1,
        message: "expected each key once in an object, found 'a' again; remove one of the two")
    ) { try JSONParser.parse(#"{"a":1,"b":2,"#.utf8 + Array("\n\"a\":3}".utf8)) }
  }

  @Test(arguments: [
    #"{"a":1,"\u0061":2}"#, "{\"\u{E9}\":1,\"e\u{301}\":2}", "{\"K\":1,\"\u{212A}\":2}",
    "{\"\u{212A}\":1,\"K\":2}",
  ])
  func `keys that only look different in the source are duplicates`(text: String) throws {
    let error = try #require(throws: JSONError.self) { try JSONParser.parse(text.utf8) }
    #expect(error.message.contains("again"))
  }

  @Test(arguments: [2, 15, 16, 17, 18, 100])
  func `a duplicate is found among any number of keys`(count: Int) throws {
    let members = (0..<count).map { "\"key\($0)\":\($0)" }
    let text = "{" + members.joined(separator: ",")
    let value = try JSONParser.parse((text + "}").utf8)
    guard case .object(let object) = value else { throw JSONError(line: 0, column: 0, message: "no object") }
    #expect(object.keys == (0..<count).map { "key\($0)" })
    for index in [0, count / 2, count - 1] {
      let error = try #require(throws: JSONError.self) {
        try JSONParser.parse((text + ",\"key\(index)\":0}").utf8)
      }
      #expect(error.message.contains("'key\(index)' again"))
    }
  }

  @Test func `64 levels of nesting are accepted and 65 are rejected`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try JSONParser.parse(nested(64).utf8) }
    let error = try #require(throws: JSONError.self) { try JSONParser.parse(nested(65).utf8) }
    #expect(error.column == 65)
    #expect(throws: JSONError.self) {
      try JSONParser.parse(Array(repeating: UInt8(ascii: "["), count: 1_000_000))
    }
    let siblings = "[" + Array(repeating: "{\"a\":[]}", count: 200).joined(separator: ",") + "]"
    #expect(throws: Never.self) { try JSONParser.parse(siblings.utf8) }
  }

  @Test func `every overload of parse gives the same value`() throws {
    let bytes = Array(#"{"a":[1,"é\n"]}"#.utf8)
    let expected: JSONValue = ["a": [1, "é\n"]]
    #expect(try JSONParser.parse(bytes) == expected)
    #expect(try JSONParser.parse((bytes + [0xFF]).dropLast()) == expected)
    #expect(try JSONParser.parse(bytes.lazy.map { $0 }) == expected)
    #expect(try bytes.withUnsafeBytes { try JSONParser.parse($0) } == expected)
    #expect(try bytes.withUnsafeBufferPointer { try JSONParser.parse($0) } == expected)
    #expect(throws: JSONError.self) { try JSONParser.parse(UnsafeBufferPointer<UInt8>(start: nil, count: 0)) }
    #expect(throws: JSONError.self) { try JSONParser.parse(UnsafeRawBufferPointer(start: nil, count: 0)) }
  }

  @Test func `an error prints its place and its message`() {
    #expect(
      JSONError(line: 2, column: 7, message: "expected x").description == "line 2, column 7: expected x")
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `random bytes never crash the parser`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let likely = Array(#"{}[]",:\u0019eE+-.tfnrasl "#.utf8) + [0xC3, 0xA9, 0x0A, 0xED, 0xF0, 0xFF]
    for _ in 0..<3000 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        Bool.random(using: &random)
          ? likely.randomElement(using: &random)! : .random(in: 0...255, using: &random)
      }
      if let value = try? JSONParser.parse(bytes) {
        #expect(
          (try? JSONParser.parse(JSONWriter().string(value).utf8)) != nil, "seed \(seed), bytes \(bytes)")
      }
    }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `damaged JSON never crashes the parser`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let whole = Array(#"{"id":"m-1","é":[1,-2.5e3,true,null],"t":"a\ud83d\ude00\n","o":{"x":{}}}"#.utf8)
    for _ in 0..<3000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[index] = .random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        default: bytes.removeSubrange(index...)
        }
        if bytes.isEmpty { break }
      }
      _ = try? JSONParser.parse(bytes)
    }
  }
}
