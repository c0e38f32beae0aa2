import Testing

@testable import Wire

@Suite struct TerminalSafeTests {
  @Test(arguments: [
    ("", ""), ("plain ~ text", "plain ~ text"), ("Grüße 漢字 😀", "Grüße 漢字 😀"), ("❤\u{FE0F}", "❤\u{FE0F}"),
    ("\u{1B}[31m", #"\u{1B}[31m"#), ("a\nb\tc\r", #"a\u{0A}b\u{09}c\u{0D}"#), ("\r\n", #"\u{0D}\u{0A}"#),
    ("\u{0}\u{7F}\u{9B}", #"\u{00}\u{7F}\u{9B}"#), ("\u{202E}x\u{2066}", #"\u{202E}x\u{2066}"#),
    ("a\u{200B}\u{200D}\u{2060}\u{FEFF}b", #"a\u{200B}\u{200D}\u{2060}\u{FEFF}b"#),
    ("\u{2028}\u{61C}\u{AD}\u{3164}\u{E0041}", #"\u{2028}\u{61C}\u{AD}\u{3164}\u{E0041}"#),
  ])
  func `scalars that control a terminal or are invisible on it are escaped`(text: String, safe: String) {
    #expect(terminalSafe(text) == safe)
  }
}
