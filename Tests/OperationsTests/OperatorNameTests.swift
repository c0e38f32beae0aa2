import Operations
import Testing

struct OperatorNameTests {
  @Test(arguments: [
    "", "  ", "a\nb", "a\u{202E}b", "a\u{200B}b", "a\u{0007}", "root (sudo by ann)", String(repeating: "x", count: 65),
    "\u{FF08}sudo by ann\u{FF09}", "a\u{FE0F}", "\u{3164}", "\u{2800}", "usher", " Usher ",
  ])
  func `an empty name, or one that looks like another, is rejected`(name: String) {
    #expect(OperatorName.trouble(with: name)?.hasPrefix("expected ") == true)
  }

  @Test(arguments: ["ann", "用戶 José", "  maria \u{2003} lee "])
  func `names of people are accepted`(name: String) { #expect(OperatorName.trouble(with: name) == nil) }

  @Test func `spaces around a name and between words are normalised`() {
    #expect(OperatorName.trimmed("  maria \u{2003} lee ") == "maria lee")
  }

  @Test func `a reason may have brackets, and at most a thousand characters`() {
    #expect(OperatorName.trouble(withReason: "outage (provider)") == nil)
    #expect(OperatorName.trouble(withReason: String(repeating: "x", count: 1001)) != nil)
    #expect(OperatorName.trouble(withReason: "x\u{202E}") != nil)
  }
}
