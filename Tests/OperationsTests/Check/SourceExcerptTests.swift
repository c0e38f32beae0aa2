import Testing

@testable import Operations

/// Source lines as errors show them.
struct SourceExcerptTests {
  @Test func `control characters are escaped, and the mark stays below its position`() {
    let excerpt = SourceExcerpt(Array("a\r\n\tx\u{1B}[2Jy\n\rlast".utf8))
    #expect(excerpt.text(line: 1) == "  a\n")
    #expect(excerpt.text(line: 2, column: 7) == "   x\\u{1B}[2Jy\n             ^\n")
    #expect(excerpt.text(line: 3, column: 99) == "  last\n      ^\n")
    #expect(excerpt.text(line: 4) == "" && excerpt.text(line: 0) == "" && excerpt.text(line: nil) == "")
  }

  @Test func `a long line is shortened to the part around the position`() {
    let line = String(repeating: "x", count: 5000) + "!" + String(repeating: "y", count: 5000)
    let lines = SourceExcerpt(Array(line.utf8)).text(line: 1, column: 5001).split(separator: "\n").map(Array.init)
    #expect(lines.count == 2 && lines[0].count < 130)
    #expect(lines[0][lines[1].count - 1] == "!")
  }
}
