import Foundation
import Routing
import Testing

/// `Docs/Reference/Reasons.md` describes each code of a reason.
struct ReasonPageTests {
  /// The rows of the page's tables: code, when, what to do.
  private static func rows() throws -> [[String]] {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Docs/Reference/Reasons.md").standardized
    return try String(contentsOf: page, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
      .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
  }

  @Test func `the page has one row for each code, in the order of the code, and no other`() throws {
    let codes = try Self.rows().map { $0[0].trimmingCharacters(in: ["`"]) }
    #expect(codes == ReasonCode.allCases.map(\.rawValue))
  }

  @Test func `each row says when and what to do`() throws {
    for row in try Self.rows() {
      try #require(row.count == 3, "\(row)")
      #expect(row.allSatisfy { !$0.isEmpty }, "\(row)")
    }
  }

  @Test func `the advice for a missing verdict names wait_for`() throws {
    let row = try #require(try Self.rows().first { $0[0] == "`\(ReasonCode.noOpinion.rawValue)`" })
    #expect(row[2].contains("`wait_for(fleet, 'why')`"), "\(row[2])")
  }

  @Test func `codes are lower case words that no two cases share`() {
    let codes = ReasonCode.allCases.map(\.rawValue)
    #expect(Set(codes).count == codes.count)
    #expect(codes.allSatisfy { $0.wholeMatch(of: /[a-z]+(_[a-z]+)*/) != nil })
  }
}
