import Testing

@testable import Policies

/// Where a script runs out of memory does not depend on when the clock was checked: Lua may need more stack to call the
/// hook that checks it, which uses more memory.
struct HostileTimeTests {
  @Test(arguments: ["a table of many arguments for ever", "results of many values for ever", "an endless recursion"])
  func `a script ends at the same instruction each time`(name: String) throws {
    let body = try #require(HostileCorpus.all.first { $0.name == name }).body
    for source in [HostileScript.hook(body), HostileScript.caught(body)] {
      let counts = try (0..<20).map { _ in
        HostileScript.decision(of: try HostileScript.policy(source)).instructions
      }
      #expect(Set(counts).count == 1, "\(counts)")
    }
  }
}
