import Testing

@testable import Wire

/// Keys that an earlier version called differently.
struct FormerKeyTests {
  @Test func `a former key stands for its key, and says what to write`() throws {
    var reader = JSONReader(["old": 3], path: "devices[1]")
    let key = try reader.accept("old", for: "new")
    #expect(try reader.optionalInt("new") == 3)
    try reader.finish()
    #expect(key?.path == "devices[1].old" && key?.newPath == "devices[1].new")
    #expect(key?.note == "devices[1].old: 'old' is now called 'new'")
  }

  @Test func `without it nothing changes, and hints do not name it`() throws {
    var reader = JSONReader(["nev": 3])
    #expect(try reader.accept("old", for: "new") == nil)
    #expect(try reader.optionalInt("new") == nil)
    let error = #expect(throws: FieldError.self) { try reader.finish() }
    #expect(error.map { "\($0)".contains("'new'") && !"\($0)".contains("'old'") } == true)
  }

  @Test func `both with the same value are accepted, with different ones refused`() throws {
    var same = JSONReader(["old": 3, "new": 3])
    #expect(try same.accept("old", for: "new") != nil)
    #expect(try same.int("new") == 3)
    try same.finish()
    var different = JSONReader(["old": 3, "new": nil], path: "limits")
    let error = #expect(throws: FieldError.self) { try different.accept("old", for: "new") }
    #expect(
      error.map { "\($0)".hasPrefix("limits.old: expected the value of 'new'") } == true, "\(error.debugDescription)")
  }

  @Test func `objects in another order are the same, and different ones are quoted`() throws {
    var same = JSONReader(["old": ["a": 1, "b": [["c": 2, "d": 3]]], "new": ["b": [["d": 3, "c": 2]], "a": 1]])
    #expect(try same.accept("old", for: "new") != nil)
    for other: JSONValue in [["a": 1], ["a": 1, "b": 3], ["a": 1, "c": 2], [1]] {
      var different = JSONReader(["old": ["a": 1, "b": 2], "new": other])
      let error = #expect(throws: FieldError.self) { try different.accept("old", for: "new") }
      #expect(error?.expected.hasSuffix(JSONWriter().string(other)) == true, "\(error.debugDescription)")
      #expect(error?.found == #"an object {"a":1,"b":2}"#)
    }
    var long = JSONReader(["old": ["a": .string(String(repeating: "x", count: 500))], "new": [:]])
    let error = #expect(throws: FieldError.self) { try long.accept("old", for: "new") }
    #expect(error.map { $0.found.count < 200 && $0.found.hasSuffix("…") } == true)
  }

  @Test func `an error about the value names the key that is there`() throws {
    var reader = JSONReader(["old": "x"])
    _ = try reader.accept("old", for: "new")
    let error = #expect(throws: FieldError.self) { try reader.optionalInt("new") }
    #expect(error?.path == "old")
    #expect(reader.failure("new", expected: "less").found == "the text \"x\"")
  }
}
