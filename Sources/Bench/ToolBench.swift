import CBaseline
import DryRun
import Foundation
import Policies
import PolicyTesting
import Routing
import Sequencing
import Stores

/// Measures the tools that decide without committing: a dry run, a replay, a simulation.
///
/// Their baseline is the deciding part of a live cycle: the due contacts are in memory and are rendered, decided and
/// reserved. The baseline of a dry run also includes reading its contacts.
package struct ToolBench {
  /// The length of the simulation.
  private static let hours = 24
  /// The policy that the dry run compares with the active one.
  private static let candidate = "reassign"

  private let contacts: Int
  private let rounds: Int

  /// The number of due contacts in the store, and how often each tool except the simulation runs.
  package init(contacts: Int, rounds: Int) { (self.contacts, self.rounds) = (contacts, rounds) }

  /// Reports each result when it is complete; the baseline comes first.
  package func run(report: (ToolResult) -> Void) throws {
    let folder = try Scratch("tools")
    let seed = try CycleSeed(contacts: contacts, .detailed, in: folder.url)
    let store = try Stores.open(seed.path, mode: .readOnly)
    let due = try ToolBench.due(in: store, seed)
    var (deciding, reading): ([Double], [Double]) = ([], [])
    for _ in 0..<rounds {
      deciding.append(try seconds { try ToolBench.decide(due, seed, in: store) })
      reading.append(try seconds { _ = try ToolBench.visit(store, seed) })
    }
    let baseline = deciding.median
    report(measure("deciding alone", baseline: nil) { baseline })
    report(
      try measure("dry run", baseline: 2 * baseline + reading.median) {
        try (0..<rounds).map { _ in try seconds { try dryRun(store, seed) } }.median
      })
    let lived = try live(seed)
    report(
      try measure("replay", baseline: baseline) {
        try (0..<rounds).map { _ in try seconds { try replay(lived) } }.median
      })
    report(
      try measure("simulate, \(ToolBench.hours) h", baseline: baseline) { try seconds { try simulate(store, seed) } })
  }

  /// CPU time of the process.
  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = baseline_process_cpu_ns()
    try body()
    return Double(baseline_process_cpu_ns() - start) / 1e9
  }

  private func measure(_ tool: String, baseline: Double?, _ body: () throws -> Double) rethrows -> ToolResult {
    PeakMemory.reset()
    let seconds = try body()
    return ToolResult(
      tool: tool, contacts: contacts, perSecond: Double(contacts) / seconds,
      baselinePerSecond: baseline.map { Double(contacts) / $0 }, peakMegabytes: PeakMemory.megabytes)
  }

  // MARK: - The baseline

  private static func due(in store: any Store, _ seed: CycleSeed) throws -> [DueStep] {
    var due: [DueStep] = []
    try store.read { try $0.visitDue(tenant: seed.tenant.key, limit: .max, at: seed.now) { due.append($0) } }
    return due
  }

  private static func visit(_ store: any Store, _ seed: CycleSeed) throws -> Int {
    var count = 0
    try store.read { try $0.visitDue(tenant: seed.tenant.key, limit: .max, at: seed.now) { _ in count += 1 } }
    return count
  }

  private static func decide(_ due: [DueStep], _ seed: CycleSeed, in store: any Store) throws {
    let policies = [try CycleSeed.compiledPolicy()]
    let fleet = try store.read { try $0.fleet(of: seed.tenant, at: seed.now) }
    let evaluator = Evaluator(policies: policies, fleet: fleet)
    var templates = ContentTemplates()
    var queued = 0
    for step in due {
      let commit = StepDecision.decide(step, with: evaluator, template: templates.template(for: step.content))
      if case .queue = commit { queued += 1 }
    }
    guard queued == due.count else {
      throw BenchFailure("expected \(due.count) contacts to be queued, found \(queued)")
    }
  }

  // MARK: - The tools

  private func dryRun(_ store: any Store, _ seed: CycleSeed) throws {
    let entry = try PolicyCatalog(rules: nil).entry(named: ToolBench.candidate)
    let report = try store.read { snapshot in
      try DryRun(
        options: DryRun.Options(now: seed.now), against: { _ in [try CycleSeed.compiledPolicy()] },
        candidate: { _ in [try CompiledPolicy(file: entry.name, source: entry.source)] }
      ).run(on: snapshot)
    }
    guard report.contacts == contacts else {
      throw BenchFailure("expected a dry run of \(contacts) contacts, found \(report.contacts)")
    }
  }

  /// A copy of the store after a cycle over everything due.
  private func live(_ seed: CycleSeed) throws -> any Store {
    let path = try seed.copy(to: "lived.db")
    let store = try Stores.open(path, mode: .readWrite)
    let epoch = try store.becomeLeader(processID: getpid(), at: seed.now)
    let registry = PolicyRegistry(catalog: PolicyCatalog(rules: nil), acceptance: StandardAcceptance())
    let report = try Cycle(store: store, registry: registry, epoch: epoch, stopwatch: { 0 }).run(at: seed.now)
    guard report.decided == contacts else {
      throw BenchFailure("expected a cycle to decide \(contacts) contacts, found \(report.decided)")
    }
    return store
  }

  private func replay(_ store: any Store) throws {
    let report = try store.readHistory { try Replay(RecordFilter()).run(on: $0) }
    guard report.identical == contacts, report.different == 0 else {
      throw BenchFailure("expected \(contacts) decisions to come out the same, found \(report.identical)")
    }
  }

  private func simulate(_ store: any Store, _ seed: CycleSeed) throws {
    let state = try store.state(of: nil, modelLeads: 0, at: seed.now)
    let simulation = try Simulation(state, options: Simulation.Options(start: seed.now, hours: ToolBench.hours))
    let report = try simulation.run(CycleSeed.policy, policies: { _ in [try CycleSeed.compiledPolicy()] })
    guard report.totals.decided >= contacts else {
      throw BenchFailure("expected a simulation of \(contacts) contacts, found \(report.totals.decided) decisions")
    }
  }
}

/// The speed of a tool, measured in CPU time of the process.
package struct ToolResult: Sendable {
  /// The name that `usher bench` prints: `dry run`.
  package let tool: String
  /// The contacts that it processed.
  package let contacts: Int
  /// Contacts per second.
  package let perSecond: Double
  /// The speed it is compared with, in contacts per second; nil for the baseline itself.
  package let baselinePerSecond: Double?
  /// Nil if the machine does not report it.
  package let peakMegabytes: Double?
}
