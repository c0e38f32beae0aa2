import Testing

@testable import Wire

@Suite struct JSONValueTests {
  @Test func `objects with members in another order are not equal`() {
    #expect(["a": 1, "b": 2] as JSONValue == ["a": 1, "b": 2])
    #expect(["a": 1, "b": 2] as JSONValue != ["b": 2, "a": 1])
    #expect(["a": 1] as JSONObject != ["a": 1, "b": 2])
  }

  @Test func `an integer and a number with the same value are not equal`() {
    #expect(3 as JSONValue != 3.0)
  }

  @Test func `setting a member replaces it in place, appends it or removes it`() {
    var object: JSONObject = ["a": 1, "b": 2]
    object["a"] = 3
    object["c"] = .null
    object["b"] = nil
    object["z"] = nil
    #expect(object == ["a": 3, "c": nil])
    #expect(object.keys == ["a", "c"])
    #expect(object["c"] == JSONValue.null)
    #expect(object["b"] == nil)
    #expect(object.count == 2 && !object.isEmpty)
  }

  @Test func `a repeated key in a literal stops the program`() async {
    await #expect(processExitsWith: .failure) { _ = JSONObject([("a", 1), ("a", 2)]) }
  }

  @Test(
    arguments: [
      (JSONValue.null, "null"), (true, "true"), (3, "the number 3"), (3.5, "the number 3.5"),
      (.number(.infinity), "the number inf"), ("x", "the text \"x\""), ([], "an array"), ([:], "an object"),
      ("a\u{1B}[0m\n", #"the text "a\u{1B}[0m\u{0A}""#),
      (.string(String(repeating: "x", count: 40)), "the text \"" + String(repeating: "x", count: 40) + "\""),
      (.string(String(repeating: "x", count: 41)), "the text \"" + String(repeating: "x", count: 39) + "…\""),
    ] as [(JSONValue, String)])
  func `the short form of a value is safe and short`(value: JSONValue, text: String) {
    #expect(value.briefly == text)
  }
}
