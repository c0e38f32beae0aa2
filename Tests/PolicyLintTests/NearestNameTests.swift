import Testing

@testable import PolicyLint

@Suite struct NearestNameTests {
  @Test(
    arguments: [
      ("pritn", ["type", "print", "pairs"], "print"),
      ("decied", ["decide"], "decide"),
      ("ab", ["ba"], "ba"),
      ("ab", ["cd"], nil),
      ("a", ["b", "c"], "b"),
      ("request", ["reqst", "requests"], "requests"),
      ("name", ["game", "same"], "game"),
      ("name", ["nam", "name"], "name"),
      ("abcdef", ["badcfe"], nil),
      ("abcdef", ["badcef"], "badcef"),
      ("x", [], nil),
      ("", ["a"], "a"),
      ("", ["ab"], nil),
      ("naïve", ["naive"], "naive"),
    ] as [(String, [String], String?)])
  func `the nearest name is within a third of the length`(
    name: String, candidates: [String], nearest: String?
  ) {
    #expect(nearestName(to: name, among: candidates) == nearest)
  }

  @Test func `a name is certain when no other is as near and it is long enough`() {
    let names = ["online", "offline", "limit_hour", "limit_day", "load"]
    #expect(certainName(for: "offlne", among: names) == "offline")
    #expect(certainName(for: "limit_huor", among: names) == "limit_hour")
    #expect(certainName(for: "ofline", among: names) == nil)
    #expect(certainName(for: "lod", among: names) == nil)
    #expect(certainName(for: "load", among: names) == nil)
    #expect(certainName(for: "limit_ho", among: names) == "limit_hour")
    #expect(certainName(for: "limit_ho", among: names, atMost: 1) == nil)
  }
}
