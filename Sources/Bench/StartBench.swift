import CBaseline
import Foundation
import Policies
import PolicyTesting
import Routing
import Stores

/// Measures a start up to the first recorded decisions, on a store with many due contacts: opens it, becomes the
/// leader, compiles the policy, reads the fleet, and decides one small batch.
package struct StartBench {
  private static let batch = 250

  private let contacts: Int
  private let rounds: Int

  /// The number of due contacts in the store, and how often it is opened.
  package init(contacts: Int, rounds: Int) { (self.contacts, self.rounds) = (contacts, rounds) }

  /// Works in its own temporary folder, which is removed afterwards.
  package func run() throws -> StartResult {
    let folder = try Scratch("start")
    let seed = try CycleSeed(contacts: contacts, .plain, in: folder.url)
    let times = try (0..<rounds).map { _ in try measure(seed) }
    return StartResult(contacts: contacts, milliseconds: times.median)
  }

  /// Elapsed time in milliseconds.
  private func measure(_ seed: CycleSeed) throws -> Double {
    let path = try seed.copy(to: "start.db")
    let start = baseline_wall_ns()
    let store = try Stores.open(path, mode: .readWrite)
    let epoch = try store.becomeLeader(processID: getpid(), at: seed.now)
    let current = try PolicyRegistry(catalog: PolicyCatalog(rules: nil), acceptance: StandardAcceptance()).refresh(
      seed.tenant, last: seed.generation
    ) {
      try store.read { try KnownPolicies(of: seed.tenant.key, in: $0) }
    }
    let fleet = try store.read { try $0.fleet(of: seed.tenant, at: seed.now) }
    let decider = BenchDecider(current.policies, fleet: fleet, generation: seed.generation)
    let limit = min(StartBench.batch, contacts)
    let counts = try decider.run(limit, of: seed, in: store, epoch: epoch)
    let end = baseline_wall_ns()
    guard counts.queued == limit else {
      throw BenchFailure("expected a start to queue \(limit) messages, found \(counts.queued)")
    }
    return Double(end - start) / 1e6
  }
}

/// The time from opening a store to its first recorded decisions. The median over the rounds.
package struct StartResult: Sendable {
  /// Due contacts of the store.
  package let contacts: Int
  /// Elapsed time.
  package let milliseconds: Double
}
