import CBaseline
import Foundation
import Policies
import PolicyTesting
import Routing
import Sequencing
import Stores

/// Runs one cycle with a shadow and one without, from copies of the same store, and measures the difference that
/// remains after subtracting the shadow's own decisions.
package struct ShadowBench {
  private let contacts: Int
  private let rounds: Int

  /// The number of due contacts in the store, and how often both cycles run.
  package init(contacts: Int, rounds: Int) { (self.contacts, self.rounds) = (contacts, rounds) }

  /// Works in its own temporary folder, which is removed afterwards.
  package func run() throws -> ShadowResult {
    let folder = try Scratch("shadow")
    let seed = try CycleSeed(contacts: contacts, .plain, in: folder.url)
    var (without, with, own): ([Int64], [Int64], [Int64]) = ([], [], [])
    for round in 0..<rounds {
      // The sides alternate in running first.
      if round % 2 == 0 { without.append(try cycle(seed, hasShadow: false)) }
      with.append(try cycle(seed, hasShadow: true))
      if round % 2 == 1 { without.append(try cycle(seed, hasShadow: false)) }
      own.append(try decisions(seed))
    }
    let ratios = zip(zip(with, own), without).map { (Double($0.0.0) - Double($0.0.1)) / Double($0.1) }
    let perContact = { (times: [Int64]) in times.map { Double($0) / Double(contacts) / 1e3 }.median }
    return ShadowResult(
      contacts: contacts, without: perContact(without), with: perContact(with), own: perContact(own),
      ratio: ratios.median)
  }

  /// CPU time of the process in nanoseconds.
  private func cycle(_ seed: CycleSeed, hasShadow: Bool) throws -> Int64 {
    let path = try seed.copy(to: "cycle.db")
    let store = try Stores.open(path, mode: .readWrite)
    let policy = try CycleSeed.compiledPolicy().revision
    let change = PolicyChange(at: seed.now, actor: PolicyChange.program, action: .shadow)
    var lineup = PolicyLineup(live: [policy])
    if hasShadow {
      lineup.shadow = PolicyTrial(
        share: .beginning(after: seed.generation, partsPerMillion: ContactShare.whole), revisions: [policy],
        parameters: [])
    }
    _ = try store.apply([
      PolicyChangeRequest(
        tenant: seed.tenant, last: seed.generation,
        draft: GenerationDraft(lineup: lineup, parameters: [], change: change))
    ])
    let cycle = Cycle(
      store: store,
      registry: PolicyRegistry(catalog: PolicyCatalog(rules: nil), acceptance: StandardAcceptance(), isPinned: true),
      epoch: seed.epoch,
      stopwatch: { Double(baseline_wall_ns()) / 1e6 })
    let start = baseline_process_cpu_ns()
    let report = try cycle.run(at: seed.now)
    let end = baseline_process_cpu_ns()
    guard report.queued == contacts, report.faults == 0 else {
      throw BenchFailure(
        "expected a cycle to queue \(contacts) messages, found \(report.queued); the measurement is void")
    }
    if hasShadow {
      let generation = try store.read { try $0.generation(of: seed.tenant.key) }
      let counts = try store.shadowReport(of: seed.tenant.key, since: generation?.lineup.shadow?.since ?? 0).counts
      guard counts.agreed == contacts, counts.compared == contacts else {
        throw BenchFailure(
          "expected a policy and its own copy as shadow to agree in \(contacts) decisions, found \(counts.agreed) of \(counts.compared)"
        )
      }
    }
    return end - start
  }

  /// The cost of the candidate's decisions alone: CPU time in nanoseconds.
  private func decisions(_ seed: CycleSeed) throws -> Int64 {
    let store = try Stores.open(try seed.copy(to: "own.db"), mode: .readOnly)
    var contacts: [Contact] = []
    let fleet = try store.read { snapshot in
      try snapshot.visitDue(tenant: seed.tenant.key, limit: .max, at: seed.now) { contacts.append($0.contact) }
      return try snapshot.fleet(of: seed.tenant, at: seed.now)
    }
    let evaluator = Evaluator(policies: [try CycleSeed.compiledPolicy()], fleet: fleet)
    let start = baseline_process_cpu_ns()
    var queued = 0
    for contact in contacts where evaluator.decide(contact, seed: 1).resolution.device != nil { queued += 1 }
    let end = baseline_process_cpu_ns()
    guard queued == self.contacts else {
      throw BenchFailure("expected \(self.contacts) contacts to get a device, found \(queued)")
    }
    return end - start
  }
}

/// A cycle with a shadow compared with one without: CPU time in microseconds per contact. Medians over the rounds.
package struct ShadowResult: Sendable {
  /// Contacts that each cycle decided.
  package let contacts: Int
  /// The cycle without a shadow.
  package let without: Double
  /// The cycle with a shadow.
  package let with: Double
  /// The shadow's decisions alone.
  package let own: Double
  /// The cost of the cycle with the shadow, minus the shadow's own decisions, divided by the cost without it.
  package let ratio: Double
}
