import Testing

/// Commands print what `Representations` defines; they do not build JSON, CSV or lists themselves. So every other
/// interface can show a report with the same keys.
struct CommandSourceTests {
  /// Files of `Sources/Commands` that may build some, each with the reason. Empty.
  private static let exceptions: [String: String] = [:]

  @Test func `no command builds JSON, CSV or lists`() throws {
    var violations: [String] = []
    for (file, text) in try Sources.ofTarget("Commands") where CommandSourceTests.exceptions[file] == nil {
      let places = CommandSourceTests.places(in: text)
      if !places.isEmpty { violations.append("\(file): \(places.joined(separator: ", "))") }
    }
    #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
  }

  @Test func `each exception is a file that needs one`() throws {
    for file in CommandSourceTests.exceptions.keys {
      let texts = try Sources.files(under: "Sources/" + file)
      #expect(texts.contains { !CommandSourceTests.places(in: $0.text).isEmpty }, "\(file)")
    }
  }

  @Test func `code that builds JSON is distinguished from code that reads it`() {
    let building = """
      let a = JSONObject([("key", .string("x")), ("n", .integer(1))]) + JSONWriter(style: .pretty).string(a) + Listing(["a"])
      return cells.map { .string($0) } + [.array([])] + CSVWriter(header: []) + JSONValue(name)
      """
    #expect(
      CommandSourceTests.places(in: building) == [
        "JSONObject(", ".string(", ".integer(", "JSONWriter(", "Listing(", ".string(", ".array(", "CSVWriter(",
        "JSONValue(",
      ])
    let reading = """
      guard case .object(let dump)? = try JSONParser.parse(bytes), case .string(_) = json, case .array(var a) = b else { c }
      // Listing([])
      TerminalOutput.put(DevicesReport(answer), format.format) + list.listing + PolicyListing.listing(a) + text.string(from: b)
      """
    #expect(CommandSourceTests.places(in: reading) == [])
  }

  /// The starts of expressions that build JSON, CSV or a listing, in order.
  private static func places(in text: String) -> [String] {
    // A member without its type, unless a pattern binds a name in it.
    let building =
      #/
      \b ( (?: JSONObject | JSONWriter | Listing | CSVWriter | JSONValue ) \( )
      | (?: ^ | [\s(\[{,:=?] ) ( \. (?: object | array | string | integer | number | bool ) \( ) (?! let\b | var\b | _ )
      /#
    return Sources.code(text).matches(of: building.wordBoundaryKind(.simple))
      .compactMap { ($0.output.1 ?? $0.output.2).map(String.init) }
  }
}
