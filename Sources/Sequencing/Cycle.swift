import Policies
import Routing

/// One round over the store: policies are brought up to date, leads are enrolled, what is due is decided.
///
/// Tenants take turns, a batch each, until nothing is due: a tenant with a million contacts does not hold up one with
/// ten. Each batch is one transaction, and so are those of several tenants that make no more than one batch together: a
/// process that dies between two of them has lost nothing.
package final class Cycle {
  let store: any CycleStore
  let registry: any PolicySource
  let epoch: LeaderEpoch
  /// Where the events of the cycle that runs now go; `run` sets it.
  private(set) var report: (Event) -> Void = { _ in }
  /// Milliseconds of some clock that only goes forward; it sizes batches and decides nothing.
  private let stopwatch: () -> Double
  let suspendAfter: Int
  private var batch = BatchSize()
  var watches: [TenantKey: FaultWatch] = [:]
  var shadowWatches: [TenantKey: ShadowWatch] = [:]
  /// The last generation of each tenant, and the last change that was looked at.
  var generations = PolicyGenerations(seen: 0, last: [:])
  /// The last change of what decides that was said, by this process or an earlier one; nil before the first look.
  var logged: Int64?
  /// Files that are not what decides, as they are on record, and the generation that they were read in.
  var files: [TenantKey: (generation: Int64, states: [String: PolicyFileState])] = [:]
  private var templates = ContentTemplates()

  /// The most tenants that one transaction decides for, and how long it may have taken when it goes on to the next one,
  /// in the stopwatch's milliseconds.
  private static let tenantsTogether = 100
  private static let longTogether = 40.0

  /// How many faults in a row suspend a policy.
  package static let suspendAfter = 20

  /// `suspendAfter`: how many faults in a row suspend a policy for a tenant; 0 suspends none.
  package init(
    store: any CycleStore, registry: any PolicySource, epoch: LeaderEpoch, stopwatch: @escaping () -> Double,
    suspendAfter: Int = Cycle.suspendAfter
  ) {
    self.store = store
    self.registry = registry
    self.epoch = epoch
    self.stopwatch = stopwatch
    self.suspendAfter = suspendAfter
  }

  /// Runs one cycle as of `now`. `shouldStop` is asked between two transactions. `report` receives each event when it occurs,
  /// also those of a cycle that throws.
  package func run(
    at now: Instant, shouldStop: () -> Bool = { false }, report: @escaping (Event) -> Void = { _ in }
  ) throws -> CycleReport {
    self.report = report
    defer { self.report = { _ in } }
    var counts = CycleReport(now: now)
    let all = try bringUp(at: now)
    for run in all where !shouldStop() { counts.enrolled += try enrol(run, at: now, shouldStop: shouldStop) }
    var runs = all.filter { !$0.isGivenUp }
    while !runs.isEmpty, !shouldStop() {
      runs = try round(runs, at: now, counts: &counts, shouldStop: shouldStop)
    }
    var hasRolledBack = false
    for run in all where run.lineup.canary != nil && !run.isGivenUp {
      if try judge(run, at: now) { hasRolledBack = true }
    }
    if hasRolledBack { try sayChanges(hasBegun: true) }
    return counts
  }

  // MARK: - Enrolling

  private func enrol(_ run: TenantRun, at now: Instant, shouldStop: () -> Bool) throws -> Int {
    let limit = 2000
    var enrolled = 0
    while !shouldStop() {
      let counts = try unlessGenerationPassed(run) {
        try store.enrol(
          tenant: run.tenant.key, limit: limit, at: now, generation: run.generation, epoch: epoch,
          choose: { try run.decider(for: self, at: now).choose($0) })
      }
      guard let counts else { break }
      try recordStreaks(run.tenant, at: now)
      enrolled += counts.enrolled
      if counts.triggers < limit { break }
    }
    return enrolled
  }

  // MARK: - Deciding

  /// Decides a batch of each tenant. Returns those that have more due.
  private func round(
    _ runs: [TenantRun], at now: Instant, counts: inout CycleReport, shouldStop: () -> Bool
  ) throws -> [TenantRun] {
    var (waiting, unfinished, isApart) = (runs[...], [TenantRun](), false)
    while !waiting.isEmpty, !shouldStop() {
      let start = stopwatch()
      let result: BatchResult?
      do {
        result =
          isApart
          ? try unlessGenerationPassed(waiting.first!) {
            try decideTogether(waiting.prefix(1), at: now, since: start, shouldStop)
          } : try decideTogether(waiting, at: now, since: start, shouldStop)
      } catch  where !isApart {
        // What fails must not keep its neighbours from being decided: once more, each in its own transaction.
        for run in waiting { run.finish() }
        isApart = true
        continue
      }
      guard let result else {
        waiting = waiting.dropFirst()
        continue
      }
      batch.learn(took: stopwatch() - start, for: result.counts.decided)
      for run in waiting.prefix(result.tenants) { try recordStreaks(run.tenant, at: now) }
      counts.add(result.counts)
      unfinished += result.unfinished
      waiting = waiting.dropFirst(result.tenants)
    }
    return unfinished
  }

  /// What one transaction decided: for how many tenants, and which of them have more due.
  private struct BatchResult {
    var tenants = 0
    var counts = DecisionCounts()
    var unfinished: [TenantRun] = []
  }

  /// Decides for one tenant after the other, as many as fit into a batch, in one transaction.
  private func decideTogether(
    _ runs: ArraySlice<TenantRun>, at now: Instant, since start: Double, _ shouldStop: () -> Bool
  ) throws -> BatchResult {
    try store.together(epoch: epoch) {
      var result = BatchResult()
      for run in runs {
        let limit = batch.count - result.counts.decided
        let isFull = limit == 0 || result.tenants == Cycle.tenantsTogether || stopwatch() - start > Cycle.longTogether
        if result.tenants > 0, isFull || shouldStop() { break }
        let decided = try decide(run, limit: limit, at: now)
        result.tenants += 1
        result.counts += decided
        if decided.decided < limit { run.finish() } else { result.unfinished.append(run) }
      }
      return result
    }
  }

  private func decide(_ run: TenantRun, limit: Int, at now: Instant) throws -> DecisionCounts {
    let batch = try store.decide(
      tenant: run.tenant.key, limit: limit, at: now, epoch: epoch, with: { try run.decider(for: self, at: now) })
    run.goOn(after: batch)
    return batch.counts
  }

  /// The template of a step's text, from the texts met so far.
  func template(for content: String) -> ContentTemplate { templates.template(for: content) }

  /// Nil when another process changed what decides for the tenant: nothing was written, and the run is over.
  private func unlessGenerationPassed<Counts>(_ run: TenantRun, _ body: () throws -> Counts) throws -> Counts? {
    do {
      return try body()
    } catch StoreError.generationPassed {
      run.giveUp()
      report(.tenantGivenUp(tenant: run.tenant.id))
      return nil
    }
  }
}

/// How many contacts one transaction takes: as many as fit into about 50 milliseconds, so that nobody else waits long for
/// the store, and within fixed bounds.
package struct BatchSize: Sendable {
  /// Contacts in the next batch, from 250 to 16,000.
  package private(set) var count: Int
  private static let bounds = 250...16_000

  /// Moves `count` into the bounds.
  package init(startingAt count: Int = 1000) {
    self.count = min(max(count, BatchSize.bounds.lowerBound), BatchSize.bounds.upperBound)
  }

  /// Learns from a full batch. A batch that was not full says nothing.
  package mutating func learn(took milliseconds: Double, for contacts: Int) {
    guard contacts >= count else { return }
    if milliseconds < 40 {
      count = min(count * 2, BatchSize.bounds.upperBound)
    } else if milliseconds > 100 {
      count = max(count / 2, BatchSize.bounds.lowerBound)
    }
  }
}
