import LuaSandbox
import Policies
import Routing
import Wire

/// What cases reached of one policy: counts that are added up.
package struct CoverageTally: Sendable {
  /// What the counts belong to; cases must have run its source.
  package let map: CoverageMap
  private(set) var counts: [UInt64]
  /// Cases that are not counted in, each with the reason.
  package private(set) var leftOut: [String] = []

  /// Zero for every place.
  package init(_ map: CoverageMap) {
    self.map = map
    counts = Array(repeating: 0, count: map.countMax)
  }

  /// What one case reached.
  package enum Visit: Sendable {
    case counted([UInt64])
    /// The counting source did not decide as the policy did.
    case leftOut(reason: String)
  }

  /// Adds a case. The order of cases is of no matter to the counts.
  package mutating func add(_ visit: Visit, of name: String) {
    switch visit {
    case .counted(let counts): for (place, count) in counts.enumerated() { self.counts[place] += count }
    case .leftOut(let reason): leftOut.append("\(name): \(reason)")
    }
  }

  func count(_ places: [Int]) -> UInt64 { places.reduce(0) { $0 + counts[$1] } }
}

extension CoverageMap {
  /// How much more a counting source may use than the policy that it was made of.
  private static let roomy = SandboxLimits(
    instructions: 40_000_000, memory: 16 << 20, cpuMilliseconds: 10_000, mirror: SandboxLimits().mirror)

  /// Decides a case once more with the source that counts, and compares: what does not come out the same counts for
  /// nothing. `answer` is what the policy itself said; `choice` is what a guard is asked about.
  func visit(
    _ request: DecideRequest, choice: StatedChoice? = nil, file: String, parameters: [Parameter], answer: DecideAnswer
  ) -> CoverageTally.Visit {
    let probes = ScriptProbes(count: countMax)
    // A case that ends at a limit is counted up to the same limit, so that no line counts which the policy did not come
    // to: the counting source comes to it no later.
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
          reason: "with its counts the policy says '\(counted.decision.reason)', without them "
            + "'\(answer.decision.reason)'")
      }
    } catch { return .leftOut(reason: "with its counts the policy cannot be used: \(error.message)") }
    if probes.isCut { return .leftOut(reason: "more than 256 loops were open at once") }
    return .counted(probes.counts)
  }

  /// Everything but what was used, and the digest of the source.
  private static func isSame(_ counted: DecideAnswer, _ answer: DecideAnswer) -> Bool {
    counted.decision.resolution == answer.decision.resolution && counted.device == answer.device
      && counted.decision.reason == answer.decision.reason && counted.decision.fault == answer.decision.fault
      && counted.decision.notes == answer.decision.notes
  }
}
