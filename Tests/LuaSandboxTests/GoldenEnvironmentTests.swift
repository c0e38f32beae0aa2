import Testing

@testable import LuaSandbox

/// The list that a program which starts holds its environment against.
struct GoldenEnvironmentTests {
  private func sandbox() throws -> Sandbox {
    try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
  }

  @Test func `nothing differs here`() throws {
    #expect(GoldenEnvironment.difference(of: try sandbox(), verdicts: ["pass", "pick"]) == nil)
  }

  @Test func `a name too many is named, and one that is missing`() throws {
    #expect(
      GoldenEnvironment.difference(of: try sandbox(), verdicts: ["pass"]) == "'pick function' should not be there")
    #expect(
      GoldenEnvironment.difference(of: try sandbox(), verdicts: ["pass", "pick", "shout"])
        == "'shout function' is missing")
  }
}
