import Testing

@testable import Terminal

struct KeyDecoderTests {
  private func keys(_ text: String) -> [Key] {
    var decoder = KeyDecoder()
    return decoder.keys(of: Array(text.utf8))
  }

  @Test(arguments: [
    ("q", [Key.character("q")]), ("é語🚀", [.character("é"), .character("語"), .character("🚀")]),
    ("\u{3}\u{1A}\u{C}", [.control("c"), .control("z"), .control("l")]), ("\r\t\u{7F}", [.enter, .tab, .backspace]),
    ("\u{1B}[A\u{1B}[B\u{1B}OC\u{1B}OD", [.up, .down, .right, .left]),
    ("\u{1B}[5~\u{1B}[6~\u{1B}[H\u{1B}[F\u{1B}[1~\u{1B}[4~", [.pageUp, .pageDown, .home, .end, .home, .end]),
    ("\u{1B}[1;5A", [.up]),
  ])
  func `a key is recognised by its bytes`(text: String, expected: [Key]) { #expect(keys(text) == expected) }

  @Test func `an unknown sequence is ignored completely`() {
    #expect(keys("\u{1B}[200~x\u{1B}[<0;10;10Mq") == [.character("x"), .character("q")])
    #expect(keys("\u{1B}xq") == [.character("q")])
    #expect(keys("\u{1B}[" + String(repeating: "1;", count: 40) + "q").last == .character("q"))
  }

  @Test func `a sequence may arrive in pieces, byte by byte`() {
    var decoder = KeyDecoder()
    var found: [Key] = []
    for byte in Array("\u{1B}[6~語".utf8) { found += decoder.keys(of: [byte]) }
    #expect(found == [.pageDown, .character("語")])
    #expect(!decoder.isWaiting)
  }

  @Test func `a lone ESC is the Escape key if nothing follows`() {
    var decoder = KeyDecoder()
    #expect(decoder.keys(of: [0x1B]).isEmpty)
    #expect(decoder.isWaiting)
    #expect(decoder.flush() == .escape)
    #expect(decoder.keys(of: [0x1B, UInt8(ascii: "[")]).isEmpty)
    #expect(decoder.flush() == nil)
    #expect(decoder.keys(of: Array("q".utf8)) == [.character("q")])
  }

  @Test(arguments: [UInt64(1), 2, 3]) func `no bytes stop the decoder`(seed: UInt64) {
    var (decoder, state) = (KeyDecoder(), seed)
    for _ in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      _ = decoder.keys(of: [UInt8(truncatingIfNeeded: state >> 33)])
    }
    _ = decoder.flush()
    #expect(decoder.keys(of: [UInt8(ascii: "q")]) == [.character("q")], "seed \(seed)")
  }
}
