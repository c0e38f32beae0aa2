import Policies
import Routing
import Testing

@testable import Representations

/// Differences of two texts by line.
struct UnifiedDiffTests {
  private let lines = (1...20).map { "line \($0)" }

  @Test func `equal texts give no diff`() {
    #expect(UnifiedDiff(lines, lines).isEmpty)
    #expect(UnifiedDiff(lines, lines).text("a", "b") == "")
  }

  @Test func `a change has three lines of context, and near changes share a hunk`() {
    var after = lines
    after[9] = "line ten"
    after[11] = "line twelve"
    #expect(
      UnifiedDiff(lines, after).text("a", "b") == """
        --- a
        +++ b
        @@ -7,9 +7,9 @@
         line 7
         line 8
         line 9
        -line 10
        +line ten
         line 11
        -line 12
        +line twelve
         line 13
         line 14
         line 15

        """)
  }

  @Test func `an insertion into an empty text begins at line 0`() {
    #expect(UnifiedDiff([], ["x"]).text("a", "b") == "--- a\n+++ b\n@@ -0,0 +1,1 @@\n+x\n")
  }

  @Test func `revisions differ in source, in parameters or not at all`() throws {
    let revision = { (source: String, wait: Int64) throws in
      try CompiledPolicy(file: "p", source: Array(source.utf8), parameters: [Parameter("wait_s", .integer(wait))])
        .revision
    }
    let source = "return { params = { wait_s = 1 }, select = function(contact, fleet) return wait('x', 1) end }\n"
    let one = try revision(source, 60)
    #expect(PolicyDiffText(one, one).isEmpty)
    let two = try revision(source, 90)
    let text = PolicyDiffText(one, two).text
    #expect(
      text.hasPrefix("--- parameters\t\(ShortDigests.text(one.digest))\n")
        && text.contains("-wait_s = 60\n+wait_s = 90\n"))
    let edited = PolicyDiffText(one, try revision("-- a note\n" + source, 60)).text
    #expect(edited.hasPrefix("--- p.lua\t\(ShortDigests.text(one.digest))\n") && edited.contains("\n+-- a note\n"))
  }
}
