import Policies
import Routing

/// One pass over the store: updates policies, enrols leads, and decides due steps.
///
/// Tenants take turns with one batch each until nothing is due, so that a tenant with a million contacts does not delay
/// one with ten. Each batch is one transaction. Tenants whose work fits into one batch together share a transaction. A
/// process that dies between two transactions loses nothing.
package final class Cycle {
  let store: any CycleStore
  let registry: any PolicySource
  let epoch: LeaderEpoch
  /// Receives the events of the current cycle; `run` sets it.
  private(set) var report: (Event) -> Void = { _ in }
  /// Milliseconds of a monotonic clock, used only to size batches.
  private let stopwatch: () -> Double
  let suspendAfter: Int
  private var batch = BatchSize()
  var watches: [TenantKey: FaultWatch] = [:]
  var shadowWatches: [TenantKey: ShadowWatch] = [:]
  /// The latest generation of each tenant, and the last change that was read.
  var generations = PolicyGenerations(seen: 0, last: [:])
  /// The last policy change that this process or an earlier one reported; nil before the first check.
  var logged: Int64?
  /// Files that are not in use, as recorded, and the generation in which they were read.
  var files: [TenantKey: (generation: Int64, states: [String: PolicyFileState])] = [:]
  private var templates = ContentTemplates()

  /// The maximum number of tenants in one transaction, and the time after which the transaction takes no further tenant,
  /// in the stopwatch's milliseconds.
  private static let tenantsTogether = 100
  private static let longTogether = 40.0

  /// The least number of faults that suspends a policy.
  package static let suspendAfter = 20

  /// `suspendAfter` is the least number of contacts that a policy must fail for to be suspended for a tenant, see
  /// `RevisionAnswers`; 0 turns suspending off.
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

  /// Runs one cycle as of `now`. Calls `shouldStop` between two transactions. `report` receives each event when it
  /// occurs, even if the cycle throws later.
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
    if hasRolledBack { try logChanges(hasBegun: true) }
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

  /// Decides a batch of each tenant. Returns those with further due steps.
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
        // One tenant's failure must not keep the others from being decided: try again with one transaction per tenant.
        for run in waiting { run.finish() }
        isApart = true
        continue
      }
      guard let result else {
        waiting = waiting.dropFirst()
        continue
      }
      batch.learn(took: stopwatch() - start, for: result.asked)
      for run in waiting.prefix(result.tenants) { try recordStreaks(run.tenant, at: now) }
      counts.add(result.counts)
      unfinished += result.unfinished
      waiting = waiting.dropFirst(result.tenants)
    }
    return unfinished
  }

  /// The result of one transaction: the number of tenants decided, and those with further due steps.
  private struct BatchResult {
    var tenants = 0
    var counts = DecisionCounts()
    /// The contacts that were processed, with those whose answer was not written.
    var asked = 0
    var unfinished: [TenantRun] = []
  }

  /// Decides for one tenant after the other in one transaction, as many as fit into a batch.
  private func decideTogether(
    _ runs: ArraySlice<TenantRun>, at now: Instant, since start: Double, _ shouldStop: () -> Bool
  ) throws -> BatchResult {
    try store.together(epoch: epoch) {
      var result = BatchResult()
      for run in runs {
        let limit = batch.count - result.asked
        let isFull = limit == 0 || result.tenants == Cycle.tenantsTogether || stopwatch() - start > Cycle.longTogether
        if result.tenants > 0, isFull || shouldStop() { break }
        let decided = try decide(run, limit: limit, at: now)
        result.tenants += 1
        result.counts += decided.counts
        result.asked += decided.asked
        if decided.asked < limit { run.finish() } else { result.unfinished.append(run) }
      }
      return result
    }
  }

  private func decide(_ run: TenantRun, limit: Int, at now: Instant) throws -> DecidedBatch {
    let batch = try store.decide(
      tenant: run.tenant.key, limit: limit, at: now, epoch: epoch, with: { try run.decider(for: self, at: now) })
    run.goOn(after: batch)
    if batch.asked < limit { judgeFaults(of: run, at: now) }
    return batch
  }

  /// The parsed template of a step's text, cached.
  func template(for content: String) -> ContentTemplate { templates.template(for: content) }

  /// Nil if another process changed the tenant's policies: nothing was written, and the run has ended.
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

/// The number of contacts in one transaction: as many as fit into about 50 milliseconds, within fixed bounds, so that
/// other writers do not wait long for the store.
package struct BatchSize: Sendable {
  /// Contacts in the next batch, 250 to 16,000.
  package private(set) var count: Int
  private static let bounds = 250...16_000

  /// Limits `count` to the bounds.
  package init(startingAt count: Int = 1000) {
    self.count = min(max(count, BatchSize.bounds.lowerBound), BatchSize.bounds.upperBound)
  }

  /// Adjusts the size after a full batch; other batches are ignored.
  package mutating func learn(took milliseconds: Double, for contacts: Int) {
    guard contacts >= count else { return }
    if milliseconds < 40 {
      count = min(count * 2, BatchSize.bounds.upperBound)
    } else if milliseconds > 100 {
      count = max(count / 2, BatchSize.bounds.lowerBound)
    }
  }
}
