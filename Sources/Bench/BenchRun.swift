/// Runs measures one after another: everything `usher bench` does except printing.
package struct BenchRun: Sendable {
  /// Which measures to take.
  package var measures: Set<BenchMeasure>
  /// How many due contacts a cycle works through.
  package var contacts = 100_000
  /// The fleet sizes over which decisions are measured.
  package var devices = [10, 100, 1000, 10_000, 100_000]
  /// How many tenants with 100 devices each share a store.
  package var tenants = 1000
  /// How often a policy is reloaded under load.
  package var reloads = 1000
  /// How many contacts wait in the measures of waitlists, for each due contact of a cycle.
  private static let waitingForOne = 10
  /// Rounds of each side; the median counts.
  package var rounds = 5

  /// Full sizes; all measures by default.
  package init(measures: Set<BenchMeasure> = Set(BenchMeasure.allCases)) { self.measures = measures }

  /// Limits every size so that a run takes seconds: at most 20,000 contacts, 200 tenants, two rounds, fleets of up to
  /// 1,000.
  package mutating func limitToQuick() {
    (contacts, tenants, rounds) = (min(contacts, 20_000), min(tenants, 200), min(rounds, 2))
    devices = [10, 100, 1000]
  }

  /// Throws `BenchFailure` if the two sides of a measure make different choices. Calls `progress` with the number of
  /// results so far.
  package func measure(progress: (Int) -> Void = { _ in }) throws -> BenchFigures {
    var figures = BenchFigures()
    var count = 0
    func show() {
      count += 1
      progress(count)
    }
    // First, because memory that is already resident would count as theirs.
    if measures.contains(.tenants) {
      figures.add(
        try TenantBench(tenants: tenants, contacts: min(contacts, 100_000), rounds: min(rounds, 3)).run())
      show()
    }
    if measures.contains(.cycle) {
      try CycleBench(contacts: contacts, rounds: rounds).run {
        figures.add($0)
        show()
      }
      figures.add(peak: PeakMemory.megabytes, of: "cycles", atMost: BenchFigures.cycleMegabytes)
    }
    if measures.contains(.start) {
      figures.add(try StartBench(contacts: contacts, rounds: rounds).run())
      show()
    }
    if measures.contains(.tools) {
      try ToolBench(contacts: contacts, rounds: rounds).run {
        figures.add($0)
        show()
      }
    }
    try measureDecisions(into: &figures, show)
    if measures.contains(.reloads), let result = try ReloadBench(reloads: reloads).run() {
      figures.add(result)
      show()
    }
    if measures.contains(.shadow) {
      figures.add(try ShadowBench(contacts: contacts, rounds: rounds).run())
      show()
    }
    if measures.contains(.waitlist) {
      figures.add(try WaitlistBench(contacts: contacts * BenchRun.waitingForOne, rounds: rounds).run())
      figures.add(try WakeBench(waiting: contacts * BenchRun.waitingForOne).run())
      show()
    }
    figures.add(peak: PeakMemory.megabytes, of: "everything")
    return figures
  }

  /// The measures that need no store: decisions, scoring, allocations.
  private func measureDecisions(into figures: inout BenchFigures, _ show: () -> Void) throws {
    if measures.contains(.decision) {
      try DecisionBench(rounds: rounds).run(devices: devices) {
        figures.add($0)
        show()
      }
      figures.addGrowth()
    }
    if measures.contains(.scoring) {
      try ScoringBench(rounds: rounds).run {
        figures.add($0)
        show()
      }
    }
    if measures.contains(.allocations) { try AllocationBench().run { figures.add($0) } }
  }
}
