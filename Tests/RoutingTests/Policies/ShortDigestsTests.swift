import Routing
import Testing

/// Digests in tables and messages: short, and still told apart.
struct ShortDigestsTests {
  private static func digest(_ beginning: String) -> String {
    "sha256:" + beginning + String(repeating: "0", count: 64 - beginning.count)
  }

  @Test func `a whole digest in a text becomes twelve digits, and nothing else changes`() {
    let text = "revision \(Self.digest("8498aa29be087ef4")), then é\(Self.digest("51440940bdd01388"))."
    #expect(ShortDigests.shortening(text) == "revision 8498aa29be08, then é51440940bdd0.")
    #expect(ShortDigests.text(Self.digest("8498aa29be087ef4")) == "8498aa29be08")
  }

  @Test(arguments: [
    "sha256:8498aa29", "sha256:\(String(repeating: "a", count: 65))", "sha256:", "",
    "sha256:\(String(repeating: "G", count: 64))",
  ])
  func `what is not a whole digest stays`(text: String) { #expect(ShortDigests.shortening(text) == text) }

  @Test func `digests that begin alike get as many digits as tell them apart`() {
    let (one, two) = (Self.digest("8498aa29be087ef4"), Self.digest("8498aa29be087ef5"))
    #expect(ShortDigests.shortening("\(one) \(two) \(one)") == "8498aa29be087ef4 8498aa29be087ef5 8498aa29be087ef4")
    let short = ShortDigests(telling: [one, "x \(two)"])
    #expect(short.shortening(Self.digest("51440940bdd01388aa")) == "51440940bdd01388")
    let last = one.dropLast() + "1"
    #expect(ShortDigests(telling: [one, String(last)]).shortening(one) == one.dropFirst(7))
  }
}
