import CBaseline
import Policies
import Routing

/// Compares the cost of a policy that scores every device with the cost of the same source in a plain Lua state over plain
/// tables.
package struct ScoringBench {
  /// The default fleet sizes.
  package static let devices = [10, 100, 1000]
  private static let seed: UInt64 = 1

  private let rounds: Int
  /// The approximate number of devices that one side examines in one round.
  private let looks: Int

  /// Counted rounds; one more round warms up both sides.
  package init(rounds: Int) { self.init(rounds: rounds, looks: 1_000_000) }

  init(rounds: Int, looks: Int) { (self.rounds, self.looks) = (rounds, looks) }

  /// Reports each result when it is complete: all forms over the first fleet, then over the next.
  package func run(devices counts: [Int] = ScoringBench.devices, report: (ScoringResult) -> Void) throws {
    for count in counts {
      for form in ScoringForm.allCases { report(try measure(form, devices: count)) }
    }
  }

  private func measure(_ form: ScoringForm, devices count: Int) throws -> ScoringResult {
    let policy = try CompiledPolicy(file: "scoring", source: form.source)
    var scene = DecisionScene(devices: count, .online, seed: ScoringBench.seed)
    scene.shuffle()
    let decisions = max(looks / count, 10)
    var (baselineCosts, usherCosts): ([Double], [Double]) = ([], [])
    // The first round warms up both sides and does not count.
    for round in 0...rounds {
      let baseline = try BaselineScorer(source: form.source, devices: scene.baselineDevices)
      let evaluator = Evaluator(policies: [policy], fleet: scene.fleet)
      var (baselineChoices, usherChoices): (UInt64, UInt64) = (0, 0)
      var (baselineTime, usherTime): (Int64, Int64) = (0, 0)
      if round % 2 == 0 { baselineTime = try baseline.decide(decisions, checksum: &baselineChoices) }
      usherTime = DecisionBench.decide(scene.contacts, decisions, evaluator, checksum: &usherChoices)
      if round % 2 == 1 { baselineTime = try baseline.decide(decisions, checksum: &baselineChoices) }
      guard baselineChoices == usherChoices else {
        throw BenchFailure(
          "'\(form.rawValue)' over \(count) devices: expected the same choices from C and from Usher, found checksums "
            + "\(baselineChoices) and \(usherChoices); the measurement is void")
      }
      guard round > 0 else { continue }
      baselineCosts.append(Double(baselineTime) / Double(decisions))
      usherCosts.append(Double(usherTime) / Double(decisions))
    }
    return ScoringResult(
      form: form, devices: count, baseline: baselineCosts.median, usher: usherCosts.median,
      ratio: zip(usherCosts, baselineCosts).map { $0 / $1 }.median)
  }
}

/// The cost of a decision that scores every device: CPU time of the thread in nanoseconds. Medians over the rounds.
package struct ScoringResult: Sendable {
  /// How the script iterates over the devices.
  package let form: ScoringForm
  /// Devices of the fleet, all of them scored.
  package let devices: Int
  /// The same source over plain tables.
  package let baseline: Double
  /// The same source over Usher's rows.
  package let usher: Double
  /// Usher's cost divided by the baseline's, per round.
  package let ratio: Double
}
