import LuaSandbox
import Routing
import Testing

@testable import Policies

extension Slow {
  /// With an operator's limits, no script blocks the program for long. `swift test -c release --filter HostileTiming`
  /// measures it; a debug build only has a bound against runaway scripts.
  ///
  /// The measured time is wall time, which is what a cycle waits for.
  @Suite(.serialized)
  struct HostileTimingTests {
    /// Other programs can only add to a time, so the shortest of several runs is the script's own.
    private static let runs = 12
    #if DEBUG
      static let bound = Duration.seconds(2)
    #else
      static let bound = Duration.milliseconds(100)
    #endif

    /// The shortest of a few runs; the first one if it is within the bound.
    private func time(_ run: () -> Void) -> Duration {
      let clock = ContinuousClock()
      var best = clock.measure(run)
      for _ in 1..<Self.runs where best > Self.bound { best = min(best, clock.measure(run)) }
      return best
    }

    @Test(arguments: HostileCorpus.all)
    func `no script holds the program up`(hostile: HostileCase) {
      for source in [HostileScript.hook(hostile.body), HostileScript.caught(hostile.body)] {
        guard let policy = try? HostileScript.policy(source, limits: SandboxLimits()) else { continue }
        let decided = time { _ = HostileScript.decision(of: policy) }
        #expect(decided <= Self.bound, "\(hostile.name), as a hook")
      }
      let chunk = HostileScript.chunk(hostile.body)
      let loaded = time { _ = try? HostileScript.policy(chunk, limits: SandboxLimits()) }
      #expect(loaded <= Self.bound, "\(hostile.name), as a chunk")
    }

    @Test(arguments: HostileFiles.all)
    func `no file holds the program up while it is compiled`(file: HostileFiles.File) {
      let loaded = time { _ = try? HostileScript.policy(file.source, limits: SandboxLimits()) }
      #expect(loaded <= Self.bound, "\(file.name)")
    }
  }
}
