import LuaSyntax
import Testing

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
}
