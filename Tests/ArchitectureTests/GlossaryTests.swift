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
    var problems: [String] = []
    for (file, text) in try GlossaryTests.files() {
      problems += GlossaryTests.problems(text, retired: retired).map { "\(file):\($0)" }
    }
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
    #expect(
      GlossaryTests.problems(text, retired: ["shelf", "StoreImage"])
        == ["1: shelfLife", "2: shelf_of", "3: SHELF", "4: ImageStoreImage", "5: shelf"])
    #expect(Identifiers.words("JSONReader_limitInFlight2x") == ["json", "reader", "limit", "in", "flight", "x"])
  }

  /// Line and name of each identifier that contains the words of a retired one in a row.
  private static func problems(_ text: String, retired: [String]) -> [String] {
    let retired = retired.map { (name: $0, words: Identifiers.words($0)) }
    var known: [String: Bool] = [:]
    return Identifiers(text).all.filter { found in
      if let isRetired = known[found.name] { return isRetired }
      let words = Identifiers.words(found.name)
      let isRetired = retired.contains { retired in
        words.indices.contains { words[$0...].starts(with: retired.words) }
      }
      known[found.name] = isRetired
      return isRetired
    }.map { "\($0.line): \($0.name)" }
  }
}
