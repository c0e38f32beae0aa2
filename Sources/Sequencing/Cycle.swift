import Policies
import Routing

/// One pass over the store: updates policies, enrols leads, and decides due steps.
///
/// Tenants take turns with one batch each until nothing is due, so that a tenant with a million contacts does not delay
/// one with ten. Each batch is one transaction, which a stopwatch ends after 50 ms. Tenants whose work fits into one
/// batch together share a transaction. With a `TimeBudget` the cycle itself ends by the stopwatch. A process that dies
/// between two transactions loses nothing.
package final class Cycle {
  let store: any CycleStore
  let registry: any PolicySource
  let epoch: LeaderEpoch
  /// Receives the events of the current cycle; `run` sets it.
  private(set) var report: (Event) -> Void = { _ in }
  /// Ends transactions, turns and, with a budget, the cycle.
  let clock: CycleClock
  let suspendAfter: Int
  var watches: [TenantKey: FaultWatch] = [:]
  var shadowWatches: [TenantKey: ShadowWatch] = [:]
  /// The latest generation of each tenant, and the last change that was read.
  var generations = PolicyGenerations(seen: 0, last: [:])
  /// The last policy change that this process or an earlier one reported; nil before the first check.
  var logged: Int64?
  /// Files that are not in use, as recorded, and the generation in which they were read.
  var files: [TenantKey: (generation: Int64, states: [String: PolicyFileState])] = [:]
  /// What earlier cycles of this process learned about waking; see `Cycle+Waking.swift`.
  var wakePaces: [TenantKey: WakePace] = [:]
  /// The last tenant whose waits a cycle made due, if its time ended before it reached the others.
  var lastWoken: TenantKey?
  /// The cycle in which each tenant had its last turn, and the number of this one. Kept only while the time of cycles ends
  /// before all tenants were reached.
  private var lastTurns: [TenantKey: Int] = [:]
  private var number = 0
  private var hasUnreached = false
  private var templates = ContentTemplates()

  /// The maximum number of tenants in one transaction, and the time after which the transaction takes no further tenant,
  /// in the stopwatch's milliseconds.
  private static let tenantsTogether = 100
  private static let longTogether = 40.0
  /// The maximum number of steps in one transaction, however fast they are decided.
  private static let batchMax = 16_000
  /// The maximum number of triggers in one transaction.
  private static let enrolMax = 2000
  /// The part of a tenant's time that enrolling may take. The rest is for deciding.
  private static let enrolShare = 0.5

  /// The least number of faults that suspends a policy.
  package static let suspendAfter = 20

  /// `suspendAfter` is the least number of contacts that a policy must fail for to be suspended for a tenant, see
  /// `RevisionAnswers`; 0 turns suspending off.
  /// `stopwatch`: milliseconds of a clock that only goes forward. `budget`: nil goes on until nothing is due. `leaveGap`
  /// waits between two transactions, so that other programs get in; nil leaves no gaps.
  package init(
    store: any CycleStore, registry: any PolicySource, epoch: LeaderEpoch, stopwatch: @escaping () -> Double,
    suspendAfter: Int = Cycle.suspendAfter, budget: TimeBudget? = nil, leaveGap: ((Gap) -> Void)? = nil
  ) {
    self.store = store
    self.registry = registry
    self.epoch = epoch
    self.suspendAfter = suspendAfter
    clock = CycleClock(
      stopwatch, budget: budget, leaveGap: leaveGap, changesByOthers: { try store.changesByOthers() })
  }

  /// Runs one cycle as of `now`. Calls `shouldStop` between two transactions, and after each step and trigger in one; the
  /// transaction is then committed. `report` receives each event when it occurs, even if the cycle throws later.
  package func run(
    at now: Instant, shouldStop: @escaping () -> Bool = { false }, report: @escaping (Event) -> Void = { _ in }
  ) throws -> CycleReport {
    self.report = report
    clock.beginCycle(shouldStop: shouldStop)
    defer {
      self.report = { _ in }
      clock.endCycle()
    }
    var counts = CycleReport(now: now)
    let all = inOrder(try bringUp(at: now))
    try enrol(all, at: now, counts: &counts)
    try findWakes(all, at: now)
    var runs = all
    repeat {
      let waking = runs.filter { $0.wake != nil && !$0.isGivenUp }
      try wakeNext(runs, at: now)
      // With a budget the next cycle enrols the triggers that were woken.
      if clock.budget == nil, !waking.isEmpty { try enrol(waking, at: now, counts: &counts) }
      try decide(runs.filter { !$0.isGivenUp }, at: now, counts: &counts)
      try wakeAfterProbes(runs, at: now)
      runs = runs.filter { $0.wake != nil && !$0.isGivenUp }
    } while clock.budget == nil && !runs.isEmpty && !shouldStop()
    learnPaces(all, at: now, counts: &counts)
    noteTurns(all)
    var hasRolledBack = false
    for run in all where run.lineup.canary != nil && !run.isGivenUp {
      if try judge(run, at: now) { hasRolledBack = true }
    }
    if hasRolledBack { try logChanges(hasBegun: true) }
    return counts
  }

  /// The tenants that have waited longest for a turn come first, if the last cycle did not reach all of them.
  private func inOrder(_ runs: [TenantRun]) -> [TenantRun] {
    number += 1
    guard hasUnreached else { return runs }
    let last = runs.map { lastTurns[$0.tenant.key] ?? 0 }
    return runs.indices.sorted { (last[$0], $0) < (last[$1], $1) }.map { runs[$0] }
  }

  private func noteTurns(_ runs: [TenantRun]) {
    hasUnreached = runs.contains { !$0.hadTurn && !$0.isGivenUp }
    guard hasUnreached else { return lastTurns.removeAll() }
    for run in runs where run.hadTurn { lastTurns[run.tenant.key] = number }
  }

  // MARK: - Budgets

  /// The time that is left for a tenant in this cycle, or for a `part` of its work; infinite without a budget.
  func timeLeft(of run: TenantRun, part: Double = 1, at now: Instant) throws -> Double {
    let share = try clock.share(count: { try store.read { try $0.busyTenants(at: now) } })
    return share * part - run.spent
  }

  // MARK: - Enrolling

  /// Enrols a batch of each tenant in turn, until no trigger is open or the tenant's time for it is over.
  private func enrol(_ runs: [TenantRun], at now: Instant, counts: inout CycleReport) throws {
    var waiting = runs
    while !waiting.isEmpty, !clock.shouldStop(), !clock.isCycleOver {
      waiting = try waiting.filter { run in
        guard !clock.shouldStop() else { return false }
        let left = try timeLeft(of: run, part: Cycle.enrolShare, at: now)
        guard left > 0 else {
          counts.isUnfinished = true
          return false
        }
        return try enrolBatch(of: run, atMost: left, at: now, counts: &counts)
      }
    }
    if !waiting.isEmpty { counts.isUnfinished = true }
  }

  /// Returns whether more triggers may be open.
  private func enrolBatch(
    of run: TenantRun, atMost milliseconds: Double, at now: Instant, counts: inout CycleReport
  ) throws -> Bool {
    clock.beginTransaction()
    clock.beginTurn(atMost: milliseconds)
    let start = clock.now
    let batch = try unlessGenerationPassed(run) {
      try store.enrol(
        tenant: run.tenant.key, limit: Cycle.enrolMax, at: now, generation: run.generation, epoch: epoch,
        isOver: { self.clock.isTurnOver }, choose: { try run.decider(for: self, at: now).choose($0) })
    }
    guard let batch else { return false }
    run.spent += clock.now - start
    try recordStreaks(run.tenant, at: now)
    counts.enrolled += batch.enrolled
    return batch.hasMore
  }

  // MARK: - Deciding

  /// Decides what is due: a batch of each tenant in turn, until nothing is due or the time is over.
  private func decide(_ all: [TenantRun], at now: Instant, counts: inout CycleReport) throws {
    var runs = all
    while !runs.isEmpty, !clock.shouldStop() {
      runs = try round(runs, at: now, counts: &counts)
    }
    for run in runs { run.finish() }
    if !runs.isEmpty { counts.isUnfinished = true }
  }

  /// Decides a batch of each tenant. Returns those with further due steps and with time left.
  private func round(_ runs: [TenantRun], at now: Instant, counts: inout CycleReport) throws -> [TenantRun] {
    var (waiting, unfinished, isApart) = (runs[...], [TenantRun](), false)
    while !waiting.isEmpty, !clock.shouldStop() {
      if clock.isCycleOver {
        leave(waiting, counts: &counts)
        break
      }
      clock.beginTransaction()
      let start = clock.now
      let result: BatchResult?
      do {
        result =
          isApart
          ? try unlessGenerationPassed(waiting.first!) {
            try decideTogether(waiting.prefix(1), at: now, since: start)
          } : try decideTogether(waiting, at: now, since: start)
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
      // The commit is part of the time of a tenant that had the transaction alone.
      if result.tenants == 1, let run = waiting.first { run.spent += clock.now - start - result.milliseconds }
      for run in waiting.prefix(result.tenants) { try recordStreaks(run.tenant, at: now) }
      counts.add(result.counts)
      for run in result.unfinished {
        if try timeLeft(of: run, at: now) > 0 { unfinished.append(run) } else { leave([run], counts: &counts) }
      }
      waiting = waiting.dropFirst(result.tenants)
    }
    return unfinished
  }

  /// Leaves tenants to the next cycle.
  private func leave(_ runs: some Sequence<TenantRun>, counts: inout CycleReport) {
    counts.isUnfinished = true
    for run in runs { run.finish() }
  }

  /// The result of one transaction: the number of tenants decided, and those with further due steps.
  private struct BatchResult {
    var tenants = 0
    var counts = DecisionCounts()
    /// The contacts that were processed, with those whose answer was not written.
    var asked = 0
    var unfinished: [TenantRun] = []
    /// The time of the tenants, without the commit.
    var milliseconds = 0.0
  }

  /// Decides for one tenant after the other in one transaction, as many as fit into a batch.
  private func decideTogether(_ runs: ArraySlice<TenantRun>, at now: Instant, since start: Double) throws -> BatchResult
  {
    // The time that is left is read before the transaction, because it may need a read of its own.
    let left = try runs.prefix(Cycle.tenantsTogether).map { max(0, try timeLeft(of: $0, at: now)) }
    return try store.together(epoch: epoch) {
      var result = BatchResult()
      for (run, left) in zip(runs, left) {
        let limit = Cycle.batchMax - result.asked
        let isFull = limit <= 0 || clock.now - start > Cycle.longTogether || clock.shouldStop()
        if result.tenants > 0, isFull { break }
        let begin = clock.now
        clock.beginTurn(atMost: left)
        let batch = try decide(run, limit: limit, at: now)
        result.tenants += 1
        result.counts += batch.counts
        result.asked += batch.asked
        (run.asked, run.hadTurn) = (run.asked + batch.asked, true)
        run.spent += clock.now - begin
        result.milliseconds += clock.now - begin
        if batch.hasMore { result.unfinished.append(run) } else { run.finish() }
      }
      return result
    }
  }

  private func decide(_ run: TenantRun, limit: Int, at now: Instant) throws -> DecidedBatch {
    let batch = try store.decide(
      tenant: run.tenant.key, limit: limit, at: now, epoch: epoch, with: { try run.decider(for: self, at: now) })
    run.goOn(after: batch)
    if !batch.hasMore { judgeFaults(of: run, at: now) }
    return batch
  }

  /// The parsed template of a step's text, cached.
  func template(for content: String) -> ContentTemplate { templates.template(for: content) }

  /// Nil if another process changed the tenant's policies: nothing was written, and the run has ended.
  func unlessGenerationPassed<Counts>(_ run: TenantRun, _ body: () throws -> Counts) throws -> Counts? {
    do {
      return try body()
    } catch StoreError.generationPassed {
      run.giveUp()
      report(.tenantGivenUp(tenant: run.tenant.id))
      return nil
    }
  }
}
