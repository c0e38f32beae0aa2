import LuaSandbox
import Policies
import Routing
import Wire

/// The total counts of the cases of one policy.
package struct CoverageTally: Sendable {
  /// The map of the counters; cases must have run its source.
  package let map: CoverageMap
  private(set) var counts: [UInt64]
  /// Cases that were not counted, each with the reason.
  package private(set) var leftOut: [String] = []

  /// All counts are zero.
  package init(_ map: CoverageMap) {
    self.map = map
    counts = Array(repeating: 0, count: map.countMax)
  }

  /// The result of counting one case.
  package enum Visit: Sendable {
    case counted([UInt64])
    /// The source with counters gave a different answer, could not be used, or had too many loops open at once.
    case leftOut(reason: String)
  }

  /// Adds a case. Counts do not depend on the order of cases.
  package mutating func add(_ visit: Visit, of name: String) {
    switch visit {
    case .counted(let counts): for (place, count) in counts.enumerated() { self.counts[place] += count }
    case .leftOut(let reason): leftOut.append("\(name): \(reason)")
    }
  }

  func count(_ places: [Int]) -> UInt64 { places.reduce(0) { $0 + counts[$1] } }
}

extension CoverageMap {
  /// The limits of a source with counters, which needs more than the policy itself.
  private static let roomy = SandboxLimits(
    instructions: 40_000_000, memory: 16 << 20, cpuMilliseconds: 10_000, mirror: SandboxLimits().mirror)

  /// Decides a case again with the source with counters, and compares the answers: a case with a different answer is not
  /// counted. `answer` is the policy's own answer; `choice` is the choice that a guard evaluates.
  func visit(
    _ request: DecideRequest, choice: StatedChoice? = nil, file: String, parameters: [Parameter], answer: DecideAnswer
  ) -> CoverageTally.Visit {
    let probes = ScriptProbes(count: countMax)
    // A case that ends at a limit is counted under the same limit. The source with counters reaches the limit no later
    // than the policy, so no line is counted that the policy did not reach.
    let fault = answer.decision.fault?.kind
    let isAtLimit = fault == .budget || fault == .memory || fault == .timeout
    do throws(Fault) {
      let policy = try CompiledPolicy(
        file: file, counting: source, into: probes, parameters: parameters,
        limits: isAtLimit ? SandboxLimits() : CoverageMap.roomy, kind: choice == nil ? .policy : .guard)
      let counted =
        choice.map { DecideAnswer(request, choice: $0, guards: [policy], explains: false) }
        ?? DecideAnswer(request, policies: [policy])
      guard isAtLimit || CoverageMap.isSame(counted, answer) else {
        return .leftOut(
          reason: "with coverage counters the policy gives the reason '\(counted.decision.reason)', without them "
            + "'\(answer.decision.reason)'")
      }
    } catch { return .leftOut(reason: "the policy with coverage counters cannot be used: \(error.message)") }
    if probes.isCut { return .leftOut(reason: "more than 256 loops were open at once") }
    return .counted(probes.counts)
  }

  /// Compares everything except the budget used and the digest of the source.
  private static func isSame(_ counted: DecideAnswer, _ answer: DecideAnswer) -> Bool {
    counted.decision.resolution == answer.decision.resolution && counted.device == answer.device
      && counted.decision.reason == answer.decision.reason && counted.decision.fault == answer.decision.fault
      && counted.decision.notes == answer.decision.notes
  }
}
