import CBaseline
import Policies
import Routing

/// Measures one decision against the bare C call of the same policy: same source, same devices, same contacts.
///
/// Usher's side is `Evaluator.decide`: it includes arming the sandbox, screening, admission and reservation, but not
/// the store. The two sides alternate, and must make the same choices.
package struct DecisionBench {
  /// The shipped policies that are measured, in this order.
  package static let policies = ["assigned", "strict", "fallback", "reassign", "least_loaded"]
  private static let seed: UInt64 = 1

  private let rounds: Int
  /// The batches of one side in one round.
  private let batches: Int

  /// Counted rounds; each side runs first in half of them.
  package init(rounds: Int) { self.init(rounds: rounds, batches: 50) }

  init(rounds: Int, batches: Int) { (self.rounds, self.batches) = (rounds, batches) }

  /// Reports each result when it is complete: all policies over the first fleet, then over the next.
  package func run(devices counts: [Int], report: (DecisionResult) -> Void) throws {
    for count in counts {
      for condition in FleetCondition.allCases {
        for policy in DecisionBench.policies { report(try measure(policy, count, condition)) }
      }
    }
  }

  private func measure(_ name: String, _ count: Int, _ condition: FleetCondition) throws -> DecisionResult {
    let entry = try PolicyCatalog(rules: nil).entry(named: name)
    let policy = try CompiledPolicy(file: entry.name, source: entry.source)
    var scene = DecisionScene(devices: count, condition, seed: DecisionBench.seed)
    let baseline = try BaselineDecider(policy: name, source: entry.source, devices: scene.baselineDevices)
    var (baselineCosts, usherCosts): ([Double], [Double]) = ([], [])
    // The first round warms up both sides and does not count.
    for round in 0...rounds {
      let evaluator = Evaluator(policies: [policy], fleet: scene.fleet)
      baseline.reset()
      let (baselineTime, usherTime) = try self.round(&scene, baseline, evaluator, policy: name)
      guard round > 0 else { continue }
      let decisions = Double(batches * DecisionScene.batch)
      baselineCosts.append(Double(baselineTime) / decisions)
      usherCosts.append(Double(usherTime) / decisions)
    }
    return DecisionResult(
      policy: name, condition: condition, devices: count, baseline: baselineCosts.median, usher: usherCosts.median,
      ratio: zip(usherCosts, baselineCosts).map { $0 / $1 }.median)
  }

  /// One round of both sides. Returns the CPU time of each in nanoseconds.
  private func round(
    _ scene: inout DecisionScene, _ baseline: BaselineDecider, _ evaluator: Evaluator, policy: String
  ) throws -> (baseline: Int64, usher: Int64) {
    var (baselineTime, usherTime): (Int64, Int64) = (0, 0)
    var (baselineChoices, usherChoices): (UInt64, UInt64) = (0, 0)
    for batch in 0..<batches {
      scene.shuffle()
      // The sides alternate in touching the batch first.
      if batch % 2 == 0 { baselineTime += try baseline.decide(scene.baselineContacts, checksum: &baselineChoices) }
      usherTime += DecisionBench.decide(scene.contacts, scene.contacts.count, evaluator, checksum: &usherChoices)
      if batch % 2 == 1 { baselineTime += try baseline.decide(scene.baselineContacts, checksum: &baselineChoices) }
    }
    guard baselineChoices == usherChoices else {
      throw BenchFailure(
        "'\(policy)' over \(scene.fleet.count) devices: expected the same choices from C and from Usher, found "
          + "checksums \(baselineChoices) and \(usherChoices); the measurement is void")
    }
    return (baselineTime, usherTime)
  }

  /// How many contacts ahead of its decision a contact is prefetched, as a cycle does for the rows that it has read.
  private static let contactsAhead = 8

  /// Decides `count` times, going through the contacts in order. Returns the CPU time in nanoseconds.
  static func decide(
    _ contacts: [Contact], _ count: Int, _ evaluator: Evaluator, checksum: inout UInt64
  ) -> Int64 {
    precondition(contacts.count > contactsAhead, "shuffle a scene before deciding its contacts")
    // The array owns the contacts while this runs, as the baseline's array does. Taking each contact out of it is not
    // part of a decision and would add reference counting.
    let uncounted = contacts.map(Unmanaged.passUnretained)
    return uncounted.withUnsafeBufferPointer { contacts in
      let start = baseline_thread_cpu_ns()
      var place = 0
      for index in 0..<count {
        let ahead = place + contactsAhead
        contacts[ahead < contacts.count ? ahead : ahead - contacts.count]._withUnsafeGuaranteedRef {
          evaluator.prefetch($0)
        }
        let decision = contacts[place]._withUnsafeGuaranteedRef { evaluator.decide($0, seed: UInt64(index)) }
        checksum = mix(checksum, decision.resolution)
        place += 1
        if place == contacts.count { place = 0 }
      }
      return baseline_thread_cpu_ns() - start
    }
  }

  private static func mix(_ checksum: UInt64, _ resolution: Resolution) -> UInt64 {
    switch resolution {
    case .use(let device): baseline_mix(checksum, BASELINE_USE, Int64(device))
    case .move(let device): baseline_mix(checksum, BASELINE_MOVE, Int64(device))
    case .wait: baseline_mix(checksum, BASELINE_WAIT, -1)
    case .skip: baseline_mix(checksum, BASELINE_SKIP, -1)
    }
  }
}
