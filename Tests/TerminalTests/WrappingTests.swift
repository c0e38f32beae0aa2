import Terminal
import Testing

/// Prose and messages in lines: broken between words alone.
struct WrappingTests {
  @Test func `lines break at spaces, and a longer word gets a line of its own`() {
    #expect(Wrapping.lines("to be or not", width: 6) == ["to be", "or not"])
    #expect(Wrapping.lines("a considerable word", width: 6) == ["a", "considerable", "word"])
    #expect(Wrapping.lines("to be", width: 6, after: 4) == ["to", "be"])
    #expect(Wrapping.lines("", width: 6) == [""])
    #expect(Wrapping.longest(in: "a considerable word") == 12)
  }

  @Test func `wide characters break between each other, not before what closes or after what opens`() {
    #expect(Wrapping.lines("停止しています。", width: 6) == ["停止し", "ていま", "す。"])
    #expect(Wrapping.lines("一「二」三", width: 6) == ["一", "「二」", "三"])
    #expect(Wrapping.lines("abc停止def", width: 6) == ["abc停", "止def"])
    #expect(Wrapping.longest(in: "停止しています。") == 4)
  }

  @Test func `Korean breaks at spaces alone`() {
    #expect(Wrapping.lines("안녕하세요 세계", width: 8) == ["안녕하세요", "세계"])
  }

  @Test func `a message that is too wide breaks between words and keeps tones and indentation`() {
    let text: StyledText = "\("usher:", .bad) there is no revision\n  \("one", .strong)two three  four\nas  it  is"
    let wrapped = text.wrapped(to: 14)
    #expect(wrapped.plain == "usher: there\nis no revision\n  onetwo three\n  four\nas  it  is")
    #expect(wrapped.spans.map(\.tone) == [.bad, .plain, .strong, .plain])
    #expect(text.wrapped(to: 80) == text)
  }

  @Test func `what could steer a terminal stays an escape when lines break`() {
    #expect(StyledText("a\u{1B}[2J b").wrapped(to: 10).plain == "a\\u{1B}[2J\nb")
  }
}
