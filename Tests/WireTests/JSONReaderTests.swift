import Testing

@testable import Wire

@Suite struct JSONReaderTests {
  @Test func `fields of every kind are read`() throws {
    var reader = try JSONReader(value: [
      "s": "x", "i": 3, "d": 2.5, "w": 2, "b": true, "t": ["a", "b"], "o": ["k": 1], "a": [1, nil],
      "l": [["k": 1], ["k": 2]],
    ])
    #expect(try reader.string("s") == "x")
    #expect(try reader.int("i") == 3)
    #expect(try reader.double("d") == 2.5)
    #expect(try reader.double("w") == 2)
    #expect(try reader.bool("b"))
    #expect(try reader.strings("t") == ["a", "b"])
    var object = try reader.object("o")
    #expect(object.path == "o")
    #expect(try object.int("k") == 1)
    #expect(try reader.array("a") == [1, nil])
    let objects = try reader.objects("l")
    #expect(objects.map(\.path) == ["l[0]", "l[1]"])
    try object.finish()
    try reader.finish()
  }

  @Test func `an optional field is nil when absent or null and its value otherwise`() throws {
    var reader = JSONReader(["n": nil, "s": "x", "i": 1, "t": ["a"], "o": [:], "l": [[:]]])
    for key in ["n", "absent"] {
      #expect(try reader.optionalString(key) == nil)
      #expect(try reader.optionalInt(key) == nil)
      #expect(try reader.optionalDouble(key) == nil)
      #expect(try reader.optionalBool(key) == nil)
      #expect(try reader.optionalStrings(key) == nil)
      #expect(try reader.optionalArray(key) == nil)
      #expect(try reader.optionalObject(key)?.path == nil)
      #expect(try reader.optionalObjects(key)?.count == nil)
    }
    #expect(try reader.optionalString("s") == "x")
    #expect(try reader.optionalInt("i") == 1)
    #expect(try reader.optionalDouble("i") == 1)
    #expect(try reader.optionalStrings("t") == ["a"])
    #expect(try reader.optionalObject("o")?.path == "o")
    #expect(try reader.optionalObjects("l")?.map(\.path) == ["l[0]"])
    try reader.finish()
  }

  @Test func `presence distinguishes absent, null and value`() throws {
    var reader = JSONReader(["n": nil, "v": 0])
    #expect(reader.presence(of: "n") == .null)
    #expect(reader.presence(of: "v") == .value)
    #expect(reader.presence(of: "x") == .absent)
    #expect(reader.value("n") == JSONValue.null)
    #expect(reader.value("x") == nil)
    try reader.finish()
  }

  @Test(
    arguments: [
      (JSONValue.string("x"), "devices[3].queued: expected a whole number, found the text \"x\""),
      ("7", "devices[3].queued: expected a whole number, found the text \"7\"; remove the quotes"),
      (
        3.0,
        "devices[3].queued: expected a whole number, found the number 3; write it without a fraction or exponent"
      ),
      (3.5, "devices[3].queued: expected a whole number, found the number 3.5"),
      (1e300, "devices[3].queued: expected a whole number, found the number 1e+300"),
      (nil, "devices[3].queued: expected a whole number, found null"),
      ([1], "devices[3].queued: expected a whole number, found an array"),
    ] as [(JSONValue, String)])
  func `a field of another kind is rejected with its path and value`(value: JSONValue, text: String) throws {
    var reader = JSONReader(["queued": value], path: "devices[3]")
    let error = try #require(throws: FieldError.self) { try reader.int("queued") }
    #expect(error.description == text)
    #expect(error.path == "devices[3].queued")
  }

  @Test func `each error names the expected kind`() throws {
    var reader = JSONReader(["k": nil, "l": [1, "x"]])
    func refusal(_ read: (inout JSONReader) throws -> Void) throws -> String {
      try #require(throws: FieldError.self) { try read(&reader) }.description
    }
    #expect(try refusal { _ = try $0.string("k") } == "k: expected a text, found null")
    #expect(try refusal { _ = try $0.double("k") } == "k: expected a number, found null")
    #expect(try refusal { _ = try $0.bool("k") } == "k: expected true or false, found null")
    #expect(try refusal { _ = try $0.object("k") } == "k: expected an object, found null")
    #expect(try refusal { _ = try $0.array("k") } == "k: expected an array, found null")
    #expect(try refusal { _ = try $0.strings("k") } == "k: expected an array of texts, found null")
    #expect(try refusal { _ = try $0.objects("k") } == "k: expected an array of objects, found null")
    #expect(try refusal { _ = try $0.strings("l") } == "l[0]: expected a text, found the number 1")
    #expect(try refusal { _ = try $0.objects("l") } == "l[0]: expected an object, found the number 1")
    #expect(try refusal { _ = try $0.optionalBool("l") } == "l: expected true or false, found an array")
    #expect(
      try refusal { _ = try $0.string("z") } == "z: expected a text, found no such key; add the key 'z'")
  }

  @Test func `a value that is not an object has no fields`() throws {
    let error = try #require(throws: FieldError.self) { try JSONReader(value: [1]) }
    #expect(error.description == "expected an object, found an array")
  }

  @Test(arguments: [
    ("quued", "devices[3].quued: unknown key; the nearest is 'queued'"),
    ("Queud", "devices[3].Queud: unknown key; the nearest is 'queued'"),
    ("anme", "devices[3].anme: unknown key; the nearest is 'name'"),
    ("colour", "devices[3].colour: unknown key; the known keys are 'queued', 'name'"),
    ("a b\n", #"devices[3]["a b\u{0A}"]: unknown key; the known keys are 'queued', 'name'"#),
  ])
  func `an unknown key is rejected with the nearest known key as a hint`(key: String, text: String) throws {
    var reader = JSONReader(JSONObject([("name", "n"), (key, 1)]), path: "devices[3]")
    _ = try reader.optionalInt("queued")
    _ = try reader.string("name")
    _ = try reader.optionalInt("queued")
    let error = try #require(throws: FieldError.self) { try reader.finish() }
    #expect(error.description == text)
    #expect(error.kind == .unknownKey)
    #expect(error.expected == "one of 'queued', 'name'")
  }

  @Test func `the hint says that no keys are known if the reader asked for none`() throws {
    let error = try #require(throws: FieldError.self) { try JSONReader(["a": 1]).finish() }
    #expect(error.description == "a: unknown key; no keys are known here")
  }

  @Test func `the caller can reject a value of the right kind`() {
    let reader = JSONReader(["port": 0], path: "net")
    #expect(
      reader.failure("port", expected: "a port from 1 to 65535", hint: "use 8080").description
        == "net.port: expected a port from 1 to 65535, found the number 0; use 8080")
  }

  @Test(arguments: [("", "", 0), ("ab", "ba", 1), ("abc", "", 3), ("kitten", "sitting", 3), ("ca", "abc", 3)])
  func `edit distance counts a swap of adjacent letters as one edit`(left: String, right: String, distance: Int) {
    #expect(EditDistance.between(Array(left.unicodeScalars), Array(right.unicodeScalars)) == distance)
    #expect(EditDistance.between(Array(right.unicodeScalars), Array(left.unicodeScalars)) == distance)
    #expect(EditDistance.between(Array(left.unicodeScalars), Array(right.unicodeScalars), limit: distance) == distance)
    #expect(EditDistance.between(Array(left.unicodeScalars), Array(right.unicodeScalars), limit: distance - 1) == nil)
  }

  @Test func `a hint names the nearest word, or nothing`() {
    #expect(EditDistance.hint(to: "Devise", among: ["lead", "device"]) == "the nearest is 'device'")
    #expect(EditDistance.hint(to: "x", among: ["lead", "device"]) == nil)
  }
}
