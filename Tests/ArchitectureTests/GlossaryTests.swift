import Testing

/// `Docs/Glossary.md` and the code use the same words.
struct GlossaryTests {
  /// Sources that must keep retired words: texts and schemas of earlier versions.
  private static let exempt = ["/Migrations/", "/Compatibility/", "/Fixtures/"]

  /// The table's rows: word, meaning, types, retired words.
  private static func rows() throws -> [[String]] {
    try Sources.tableRows(ofPage: "Docs/Glossary.md", columns: 4)
  }

  /// The sources that the glossary applies to, by path.
  private static func files() throws -> [(file: String, text: String)] {
    try ["Sources", "Tests", "Benchmarks"].flatMap { try Sources.files(under: $0) }
      .filter { file, _ in !exempt.contains(where: file.contains) }
  }

  @Test func `the page has 40 to 60 lines, and each word once`() throws {
    let lines = try Sources.page("Docs/Glossary.md").split(separator: "\n", omittingEmptySubsequences: false).count - 1
    #expect((40...60).contains(lines), "\(lines) lines")
    let words = try GlossaryTests.rows().flatMap { $0[0].split(separator: ", ") }
    #expect(words.count > 40)
    #expect(Set(words).count == words.count)
  }

  @Test func `each type of the page exists`() throws {
    let types = try Sources.typeNames(under: ["Sources"])
    let named = try GlossaryTests.rows().flatMap { Sources.quoted($0[2]) }
    #expect(named.count > 50)
    let missing = named.filter { name in !name.split(separator: ".").allSatisfy { types.contains(String($0)) } }
    #expect(missing == [], "no such types")
  }

  @Test func `no identifier has a retired word`() throws {
    let retired = try GlossaryTests.rows().flatMap { Sources.quoted($0[3]) }
    #expect(retired.count > 20)
    var names = RetiredNames(retired)
    var problems: [String] = []
    for (file, text) in try GlossaryTests.files() { problems += names.problems(in: text).map { "\(file):\($0)" } }
    if !problems.isEmpty { Issue.record("\(problems.count) retired\n\(problems.joined(separator: "\n"))") }
  }

  @Test func `a retired word is found as a part of an identifier, in code alone`() {
    let text = #"""
      let shelfLife = 1 // the shelf
      call("shelf \(names[shelf_of("desk")]) shelf", bookshelf)
      @Test func `the shelf is gone`() { #if SHELF
      let ImageStoreImage = /"shelf/
      let `shelf` = """
        shelf \(desk)
        """
      """#
    var names = RetiredNames(["shelf", "StoreImage"])
    #expect(
      names.problems(in: text) == ["1: shelfLife", "2: shelf_of", "3: SHELF", "4: ImageStoreImage", "5: shelf"])
    #expect(Identifiers.words("JSONReader_limitInFlight2x") == ["json", "reader", "limit", "in", "flight", "x"])
  }
}

/// Finds identifiers that contain the words of a retired name in a row.
private struct RetiredNames {
  /// The words of the names, by the first.
  private let names: [String: [[String]]]
  /// The result for each identifier that was looked up.
  private var known: [String: Bool] = [:]

  init(_ retired: [String]) { names = Dictionary(grouping: retired.map(Identifiers.words)) { $0[0] } }

  /// Line and name of each such identifier of a source.
  mutating func problems(in text: String) -> [String] {
    var problems: [String] = []
    for found in Identifiers(text).all where contains(found.name) { problems.append("\(found.line): \(found.name)") }
    return problems
  }

  private mutating func contains(_ name: String) -> Bool {
    if let isRetired = known[name] { return isRetired }
    let words = Identifiers.words(name)
    let isRetired = words.indices.contains { index in
      names[words[index]]?.contains { words[index...].starts(with: $0) } ?? false
    }
    known[name] = isRetired
    return isRetired
  }
}
