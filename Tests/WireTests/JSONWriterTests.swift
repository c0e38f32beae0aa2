import Routing
import Testing

@testable import Wire

@Suite struct JSONWriterTests {
  @Test(
    arguments: [
      (JSONValue.null, "null"), (true, "true"), (.integer(.min), "-9223372036854775808"), (3.0, "3"),
      (0.1, "0.1"),
      (-3.0, "-3"), (0.0, "0"), (-0.0, "-0.0"), (.number(999_999_999_999_999), "999999999999999"),
      (1e15, "1000000000000000.0"), (1e16, "1e+16"), (1e300, "1e+300"),
      (.number(.leastNonzeroMagnitude), "5e-324"),
      (2.5e-7, "2.5e-07"),
      (.string("a\"\\/\n\r\t\u{8}\u{C}\u{0}\u{1F}\u{7F}"), #""a\"\\/\n\r\t\b\f\u0000\u001F"# + "\u{7F}\""),
      ("é漢😀\u{2027}\u{2028}\u{2029}\u{202A}", "\"é漢😀\u{2027}\\u2028\\u2029\u{202A}\""), ([], "[]"),
      ([:], "{}"),
      (["a": 1, "b": [1, 2], "": [:]], #"{"a":1,"b":[1,2],"":{}}"#),
    ] as [(JSONValue, String)])
  func `compact text is one line without spaces`(value: JSONValue, text: String) {
    #expect(JSONWriter().string(value) == text)
  }

  @Test func `pretty text is indented by two spaces`() {
    let value: JSONValue = ["a": 1, "b": [1, ["c": nil]], "d": [], "e": [:]]
    #expect(
      JSONWriter(style: .pretty).string(value) == """
        {
          "a": 1,
          "b": [
            1,
            {
              "c": null
            }
          ],
          "d": [],
          "e": {}
        }
        """)
  }

  @Test func `output is appended to existing bytes`() {
    var bytes = Array("x".utf8)
    JSONWriter().append([1], to: &bytes)
    #expect(bytes == Array("x[1]".utf8))
  }

  @Test func `a number that is not finite stops the program`() async {
    await #expect(processExitsWith: .failure) { _ = JSONWriter().string(.number(.infinity)) }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `a written value is read back unchanged`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for round in 0..<300 {
      let value = random.value(depth: 0)
      for style in [JSONWriter.Style.compact, .pretty] {
        let text = JSONWriter(style: style).string(value)
        let back = try JSONParser.parse(text.utf8)
        #expect(back == value, "seed \(seed), round \(round)")
        #expect(JSONWriter(style: style).string(back) == text, "seed \(seed), round \(round)")
      }
    }
  }
}

extension SeededRandom {
  fileprivate mutating func value(depth: Int) -> JSONValue {
    switch Int.random(in: 0...(depth < 4 ? 8 : 5), using: &self) {
    case 0: return .null
    case 1: return .bool(.random(using: &self))
    case 2: return .integer(Int64(bitPattern: next()) >> Int64.random(in: 0...60, using: &self))
    case 3:
      let number = Double(bitPattern: next())
      // A small whole number is written without a fraction and read back as an integer.
      return number.isFinite && number != Double(Int64(exactlyOrZero: number)) ? .number(number) : 0.5
    case 4, 5: return .string(text())
    case 6: return .array((0..<Int.random(in: 0...5, using: &self)).map { _ in value(depth: depth + 1) })
    default:
      var object = JSONObject()
      for _ in 0..<Int.random(in: 0...24, using: &self) {
        object[text()] = depth < 2 ? value(depth: depth + 2) : .null
      }
      return .object(object)
    }
  }
}

extension Int64 {
  fileprivate init(exactlyOrZero number: Double) { self = JSONWriter.whole(number) ?? 0 }
}
