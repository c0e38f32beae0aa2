import Testing

/// `Docs/Invariants.md` has each promise that code and tests cite by a number, and leads to where it is kept and tested.
struct InvariantPageTests {
  struct Row: CustomTestStringConvertible {
    var number: String
    var promise: String
    var types: [String]
    var suites: [String]
    var testDescription: String { number }
  }

  private static func rows() throws -> [Row] {
    try Sources.tableRows(ofPage: "Docs/Invariants.md", columns: 4).map { cells in
      Row(number: cells[0], promise: cells[1], types: Sources.quoted(cells[2]), suites: Sources.quoted(cells[3]))
    }
  }

  /// The numbers that files under a folder cite, with the files that do.
  private static func citations(under folder: String) throws -> [String: [(file: String, text: String)]] {
    var cited: [String: [(file: String, text: String)]] = [:]
    for (file, text) in try Sources.files(under: folder) where text.contains("I-") {
      for number in Set(text.matches(of: /\bI-[0-9][0-9]\b/).map { String($0.output) }) {
        cited[number, default: []].append((file, text))
      }
    }
    return cited
  }

  @Test func `each number that code or tests cite has a row, and each row is cited`() throws {
    let numbers = try InvariantPageTests.rows().map(\.number)
    let cited = Set(try ["Sources", "Tests"].flatMap { try InvariantPageTests.citations(under: $0).keys })
    #expect(numbers.count > 50)
    #expect(Set(numbers).count == numbers.count, "each number has one row")
    #expect(cited.subtracting(numbers).sorted() == [], "cited, without a row")
    #expect(Set(numbers).subtracting(cited).sorted() == [], "a row, cited nowhere")
  }

  @Test func `each row is a sentence with types and suites that exist`() throws {
    let types = try Sources.typeNames(under: ["Sources"])
    let suites = try Sources.typeNames(under: ["Tests"])
    for row in try InvariantPageTests.rows() {
      #expect(row.number.wholeMatch(of: /I-[0-9][0-9]/) != nil, "\(row.number)")
      #expect(row.promise.hasSuffix("."), "\(row.number): \(row.promise)")
      #expect(!row.types.isEmpty && !row.suites.isEmpty, "\(row.number)")
      #expect(row.types.filter { !types.contains($0) } == [], "\(row.number): no such types")
      #expect(row.suites.filter { !suites.contains($0) } == [], "\(row.number): no such suites")
    }
  }

  @Test func `each test file that cites a number has a suite in its row`() throws {
    let rows = try InvariantPageTests.rows()
    for (number, files) in try InvariantPageTests.citations(under: "Tests") {
      let suites = rows.first { $0.number == number }?.suites ?? []
      for (file, text) in files {
        #expect(suites.contains { text.contains("struct \($0) ") }, "\(file) cites \(number) and is not in its row")
      }
    }
  }
}
