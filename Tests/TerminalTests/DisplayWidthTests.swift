import Testing

@testable import Terminal

struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("Sales 1", 7), ("Verkäufe", 8), ("e\u{301}", 1), ("日本語", 6), ("한국어", 6), ("🚀 up", 5), ("🇲🇾", 2),
    ("ｶﾅ", 2), ("ＡＢ", 4), ("नमस्ते", 4), ("─█▒…", 4), ("❤\u{FE0F}", 1),
  ])
  func `the width of a string is the number of columns it takes in terminals`(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test func `a prefix never splits a character, wide or composed`() {
    #expect(DisplayWidth.prefix(of: "日本語", columns: 5) == "日本")
    #expect(DisplayWidth.prefix(of: "ae\u{301}o", columns: 2) == "ae\u{301}")
    #expect(DisplayWidth.prefix(of: "abc", columns: 0) == "")
  }
}
