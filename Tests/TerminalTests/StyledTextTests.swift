import Testing

@testable import Terminal

struct StyledTextTests {
  @Test func `a tone is switched on and off around its text, and only with colours`() {
    let text: StyledText = "\("usher:", .bad) no store"
    #expect(text.text(.on) == "\u{1B}[1;31musher:\u{1B}[0m no store")
    #expect(text.text(.off) == "usher: no store")
    #expect(text.plain == "usher: no store")
  }

  @Test func `a tone ends with its line`() {
    #expect(StyledText("a\nb\n", .good).text(.on) == "\u{1B}[32ma\u{1B}[0m\n\u{1B}[32mb\u{1B}[0m\n")
  }

  @Test func `no user text can control the terminal, with or without colours`() {
    let name = "D1\u{1B}[31m\u{7}\u{202E}"
    for colours in [Colours.on, .off] {
      let shown = StyledText(name, .good).text(colours)
      #expect(shown.contains("D1\\u{1B}[31m\\u{07}\\u{202E}"))
    }
    let line = StyledText("two\nlines\tand\u{9B}").cut(to: 80)
    #expect(line.plain == "two\\u{0A}lines\\u{09}and\\u{9B}")
  }

  @Test func `a line is cut to its columns, with wide characters counted as two`() {
    #expect(StyledText("日本語").cut(to: 6).plain == "日本語")
    #expect(StyledText("日本語").cut(to: 5).plain == "日本…")
    #expect(StyledText("日本語").cut(to: 4).plain == "日…")
    #expect(StyledText("abc").cut(to: 0).plain == "")
    for width in 1...12 {
      let cut = (StyledText("Zürich ", .bad) + StyledText("東京 🚀 x", .good)).cut(to: width)
      #expect(cut.width <= width)
    }
  }

  @Test func `a cell is padded after text and before a figure`() {
    #expect(StyledText("日本").fitted(to: 6).plain == "日本  ")
    #expect(StyledText("42").fitted(to: 6, isFigure: true).plain == "    42")
    #expect(StyledText("1234567").fitted(to: 4).width == 4)
  }
}
