import Testing

@testable import Terminal

struct FrameTests {
  private let size = ScreenSize(columns: 10, rows: 3)

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func `the first screen is drawn completely, in one synchronised update`() {
    var frame = Frame(colours: .off)
    let drawn = text(frame.bytes(["one", "two"], size))
    #expect(drawn == "\u{1B}[?2026h\u{1B}[0m\u{1B}[2J\u{1B}[1;1Hone\u{1B}[2;1Htwo\u{1B}[?2026l")
  }

  @Test func `the next screen draws only the lines that differ`() {
    var frame = Frame(colours: .off)
    _ = frame.bytes(["one", "two", "three"], size)
    #expect(text(frame.bytes(["one", "2", "three"], size)) == "\u{1B}[?2026h\u{1B}[2;1H\u{1B}[2K2\u{1B}[?2026l")
    #expect(frame.bytes(["one", "2", "three"], size).isEmpty)
    #expect(text(frame.bytes(["one"], size)).contains("\u{1B}[3;1H\u{1B}[2K"))
  }

  @Test func `after a change of size or other output, the screen is drawn completely`() {
    var frame = Frame(colours: .off)
    _ = frame.bytes(["one"], size)
    #expect(text(frame.bytes(["one"], ScreenSize(columns: 9, rows: 3))).contains("\u{1B}[2J"))
    frame.forget()
    #expect(text(frame.bytes(["one"], ScreenSize(columns: 9, rows: 3))).contains("\u{1B}[2J"))
  }

  @Test func `nothing is drawn beyond the size`() {
    var frame = Frame(colours: .off)
    let drawn = text(frame.bytes(["a line that is too long", "b", "c", "d"], size))
    #expect(drawn.contains("a line th…") && !drawn.contains("long"))
    #expect(!drawn.contains("\u{1B}[4;1H"))
  }
}
