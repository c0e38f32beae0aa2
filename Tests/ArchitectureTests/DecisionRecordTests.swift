import Foundation
import Testing

/// The records in `Docs/Decisions`: each has a status, a record that supersedes another is linked both ways, and the
/// index has a line for each.
struct DecisionRecordTests {
  private static let folder = "Docs/Decisions"

  struct Link: Hashable {
    var from: String
    var to: String
    /// What is superseded; nil for the whole record.
    var part: String?
  }

  struct Record {
    var file: String
    var title = ""
    /// The clauses after `Status:`.
    var clauses: [String] = []
    var number: String { String(file.prefix(4)) }

    init(file: String, text: String) {
      self.file = file
      let paragraphs = text.components(separatedBy: "\n\n")
      let head = "# \(number) "
      if paragraphs[0].hasPrefix(head) { title = String(paragraphs[0].dropFirst(head.count)) }
      guard paragraphs.count > 1, paragraphs[1].hasPrefix("Status: ") else { return }
      clauses = paragraphs[1].dropFirst("Status: ".count).replacing("\n", with: " ").components(separatedBy: "; ")
    }

    /// The links of clauses of one kind, from this record or to it; nil if a clause has none of the known forms.
    func links() -> (supersedes: Set<Link>, supersededBy: Set<Link>)? {
      var (over, under): (Set<Link>, Set<Link>) = ([], [])
      for (index, clause) in clauses.enumerated() {
        if index == 0, clause == "accepted" { continue }
        let by = /superseded (?<part>in part )?by \[(?<number>\d{4})\]\((?<file>[^)]+)\)(?:: (?<what>.+))?/
        let of = /supersedes \[(?<number>\d{4})\]\((?<file>[^)]+)\)(?<part> in part)?(?:: (?<what>.+))?/
        if let match = clause.wholeMatch(of: by), (match.part == nil) == (match.what == nil) {
          under.insert(Link(from: String(match.file), to: file, part: match.what.map(String.init)))
        } else if let match = clause.wholeMatch(of: of), (match.part == nil) == (match.what == nil) {
          over.insert(Link(from: file, to: String(match.file), part: match.what.map(String.init)))
        } else {
          return nil
        }
      }
      return clauses.isEmpty ? nil : (over, under)
    }
  }

  private static func records() throws -> [Record] {
    try FileManager.default.contentsOfDirectory(atPath: Sources.root.path + "/" + folder).sorted()
      .filter { $0.hasSuffix(".md") && $0 != "README.md" }
      .map { Record(file: $0, text: try Sources.page("\(folder)/\($0)")) }
  }

  @Test func `records are numbered from 1, each with a title and a status of a known form`() throws {
    let records = try DecisionRecordTests.records()
    #expect(records.count >= 40)
    #expect(records.map(\.number) == (1...records.count).map { String(format: "%04d", $0) })
    for record in records {
      #expect(!record.title.isEmpty, "\(record.file)")
      #expect(record.links() != nil, "\(record.file): \(record.clauses)")
      let isSuperseded = record.links()?.supersededBy.isEmpty == false
      #expect(isSuperseded != (record.clauses.first == "accepted"), "\(record.file)")
    }
  }

  @Test func `a record that supersedes another is named by it with the same words, and the other way round`() throws {
    var (over, under): (Set<Link>, Set<Link>) = ([], [])
    for record in try DecisionRecordTests.records() {
      over.formUnion(record.links()?.supersedes ?? [])
      under.formUnion(record.links()?.supersededBy ?? [])
    }
    #expect(over.count >= 8)
    #expect(over.subtracting(under) == [], "not named by the earlier record")
    #expect(under.subtracting(over) == [], "not named by the later record")
    for link in over {
      #expect(Sources.exists("\(DecisionRecordTests.folder)/\(link.to)"))
      #expect(link.to < link.from, "\(link)")
    }
  }

  @Test func `the index has a line for each record`() throws {
    let lines = try DecisionRecordTests.records().map { record in
      let later = record.links()?.supersededBy.map { String($0.from.prefix(4)) }.sorted() ?? []
      let isWhole = record.links()?.supersededBy.contains { $0.part == nil } == true
      return "- [\(record.number)](\(record.file)) \(record.title)"
        + (later.isEmpty ? "" : ". Superseded \(isWhole ? "" : "in part ")by \(later.joined(separator: ", "))")
    }
    let index = try Sources.page("\(DecisionRecordTests.folder)/README.md")
    #expect(index.split(separator: "\n").filter { $0.hasPrefix("- ") }.map(String.init) == lines)
  }

  @Test func `a status of another form is found`() {
    func links(_ status: String) -> Int? {
      Record(file: "0002-b.md", text: "# 0002 B\n\n\(status)\n\n## Context\n").links()
        .map { $0.supersedes.count + $0.supersededBy.count }
    }
    #expect(links("Status: accepted") == 0)
    #expect(links("Status: accepted;\nsupersedes [0001](0001-a.md) in part: the\nunit") == 1)
    #expect(links("Status: superseded by [0003](0003-c.md); supersedes [0001](0001-a.md)") == 2)
    for status in ["", "Status: done", "Status: superseded in part by [0003](0003-c.md)", "Status: accepted; accepted"]
    {
      #expect(links(status) == nil, "\(status)")
    }
  }
}
