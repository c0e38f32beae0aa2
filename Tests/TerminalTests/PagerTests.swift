import Terminal
import Testing

/// Where long text is shown one screen at a time; that it is, is tested in a terminal.
struct PagerTests {
  private func hasPager(_ environment: [String: String], isTerminal: Bool = true) -> Bool {
    Pager(environment: ["TERM": "xterm"].merging(environment) { $1 }, isTerminal: isTerminal) != nil
  }

  @Test func `a pager runs on a terminal alone, not on a dumb one, and not where PAGER asks for none`() {
    #expect(hasPager([:]) && hasPager(["PAGER": "more"]) && hasPager(["PAGER": "less -S"]))
    #expect(!hasPager([:], isTerminal: false) && !hasPager(["PAGER": "more"], isTerminal: false))
    for environment in [["PAGER": ""], ["PAGER": " "], ["PAGER": "cat"], ["TERM": "dumb"], ["TERM": ""]] {
      #expect(!hasPager(environment), "\(environment)")
    }
    #expect(Pager(environment: [:], isTerminal: true) == nil)
  }

  @Test func `a text that leaves a line for the prompt needs no pager`() {
    let screen = ScreenSize(columns: 10, rows: 4)
    #expect(!Pager.needed(for: "1\n2\n3\n", on: screen) && Pager.needed(for: "1\n2\n3\n4\n", on: screen))
    #expect(!Pager.needed(for: "1\n\n0123456789\n", on: screen) && Pager.needed(for: "1\n2\n01234567890\n", on: screen))
    #expect(!Pager.needed(for: "", on: screen) && !Pager.needed(for: "1\n2\n3", on: screen))
  }
}
