/// The time that tenants may take in one cycle of `usher serve`, in milliseconds.
///
/// Without a budget a cycle goes on until nothing is due, whatever a clock says: so do `tick` and simulations.
package struct TimeBudget: Sendable {
  /// The most for one tenant.
  package var tenant = 250.0
  /// The most for all tenants together. Tenants that were not reached are the first ones of the next cycle.
  package var cycle = 1000.0

  /// 250 ms for a tenant, one second for all.
  package init() {}

  /// The share of each of `count` tenants with work.
  func share(of count: Int) -> Double { min(tenant, cycle / Double(max(1, count))) }
}

/// A pause between two transactions, in which other programs find the store free.
package enum Gap: Sendable {
  /// About two milliseconds, enough for Usher's own commands.
  case short
  /// About 25 milliseconds, which SQLite's own busy handler finds within 200 ms.
  case long
}

/// Ends the transactions and the turns of a cycle by a stopwatch.
///
/// A class, because a tenant's decider reads it from the first batch to the last. Not thread-safe.
final class CycleClock {
  /// The time after which a transaction decides and enrols nothing more. Other programs wait that long for the store.
  static let batchMilliseconds = 50.0
  /// A gap for other programs is left before a transaction if the last gap was at least this long ago.
  private static let gapEvery = 20.0
  /// For how long gaps are long after another program has written.
  private static let longGapsFor = 10_000.0

  private let stopwatch: () -> Double
  let budget: TimeBudget?
  /// Waits while the store is free; nil leaves no gaps.
  private let leaveGap: ((Gap) -> Void)?
  /// A number that changes when another program has written to the store.
  private let changesByOthers: () throws -> Int64
  private var lastChanges: Int64?
  private var lastChangeAt = -Double.infinity
  private(set) var shouldStop: () -> Bool = { false }
  private var lastGap = -Double.infinity
  private var batchEnd = Double.infinity
  private var turnEnd = Double.infinity
  /// When the cycle began.
  private var start = 0.0
  /// Tenants with work: an estimate until they were counted in this cycle.
  private var busy = 1
  private var isCounted = false

  init(
    _ stopwatch: @escaping () -> Double, budget: TimeBudget?, leaveGap: ((Gap) -> Void)?,
    changesByOthers: @escaping () throws -> Int64
  ) {
    (self.stopwatch, self.budget, self.leaveGap) = (stopwatch, budget, leaveGap)
    self.changesByOthers = changesByOthers
  }

  var now: Double { stopwatch() }

  func beginCycle(shouldStop: @escaping () -> Bool) {
    self.shouldStop = shouldStop
    (start, busy, isCounted) = (stopwatch(), 1, false)
  }

  /// Releases the closure of `beginCycle`.
  func endCycle() { shouldStop = { false } }

  // MARK: - Transactions

  /// To be called before each transaction. Other programs poll for the store while it is busy; without a gap they might
  /// never find it free.
  ///
  /// SQLite's own handler sleeps up to 100 ms between two looks, and would miss short gaps for seconds. Nobody can see that
  /// a program waits, but one that has written is likely to write again: the gaps are long for some seconds then.
  func beginTransaction() {
    if let leaveGap, stopwatch() - lastGap > CycleClock.gapEvery {
      // A store that cannot be read fails in the transaction.
      let changes = try? changesByOthers()
      if let lastChanges, changes != lastChanges { lastChangeAt = stopwatch() }
      lastChanges = changes ?? lastChanges
      leaveGap(stopwatch() - lastChangeAt < CycleClock.longGapsFor ? .long : .short)
      lastGap = stopwatch()
    }
    let now = stopwatch()
    (batchEnd, turnEnd) = (now + CycleClock.batchMilliseconds, .infinity)
  }

  /// Ends the next part of the transaction after `milliseconds` at the latest.
  func beginTurn(atMost milliseconds: Double) { turnEnd = stopwatch() + milliseconds }

  /// Whether the current transaction must end.
  var isBatchOver: Bool { stopwatch() >= batchEnd || shouldStop() }

  /// Whether the current tenant's part of the transaction must end.
  var isTurnOver: Bool { stopwatch() >= min(batchEnd, turnEnd) || shouldStop() }

  // MARK: - Budgets

  /// Whether all tenants together have used the time of the cycle.
  var isCycleOver: Bool { budget.map { stopwatch() - start >= $0.cycle } ?? false }

  /// Whether all tenants together have used half of the time of the cycle.
  var isHalfOver: Bool { budget.map { stopwatch() - start >= $0.cycle / 2 } ?? false }

  /// Each tenant's share of the cycle; infinite without a budget. `count` gives the number of tenants with work. It is
  /// called once, and only in a cycle that has taken the time of one tenant: an idle cycle counts nothing.
  func share(count: () throws -> Int) rethrows -> Double {
    guard let budget else { return .infinity }
    if !isCounted, stopwatch() - start >= budget.tenant {
      busy = max(1, try count())
      isCounted = true
    }
    return budget.share(of: busy)
  }

  /// Each tenant's share as it is known without counting; infinite without a budget.
  var knownShare: Double { budget?.share(of: busy) ?? .infinity }
}
