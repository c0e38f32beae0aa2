import Testing

@testable import LuaSandbox

/// The list with which a starting program compares its environment.
struct GoldenEnvironmentTests {
  private func sandbox() throws -> Sandbox {
    try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
  }

  @Test func `the environment of this build matches the golden list`() throws {
    #expect(GoldenEnvironment.difference(of: try sandbox(), verdicts: ["pass", "pick", "queue"]) == nil)
  }

  @Test func `an unexpected name and a missing one are named`() throws {
    #expect(
      GoldenEnvironment.difference(of: try sandbox(), verdicts: ["pass"]) == "'pick function' is unexpected")
    #expect(
      GoldenEnvironment.difference(of: try sandbox(), verdicts: ["pass", "pick", "queue", "shout"])
        == "'shout function' is missing")
  }
}
