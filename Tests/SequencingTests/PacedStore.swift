import Routing
import Sequencing
import Synchronization

/// A store whose decisions and choices take time on a stopwatch that the test reads, and that notes each transaction.
final class PacedStore: CycleStore {
  /// One transaction of decisions: milliseconds from its beginning to its end, and the tenants of its steps in order.
  struct Transaction {
    var start: Double
    var milliseconds = 0.0
    var steps: [TenantKey] = []
  }

  private struct State {
    var time = 0.0
    var transactions: [Transaction] = []
    /// When the first step of each tenant was decided.
    var first: [TenantKey: Double] = [:]
    var gaps = 0
  }

  private let inner: any Store
  /// Milliseconds that a step or a trigger of a tenant takes.
  private let cost: @Sendable (TenantKey) -> Double
  /// Milliseconds that a portion of a wake takes.
  private let wakeCost: Double
  private let state = Mutex(State())

  init(_ inner: any Store, wakeCost: Double = 0, cost: @escaping @Sendable (TenantKey) -> Double) {
    (self.inner, self.wakeCost, self.cost) = (inner, wakeCost, cost)
  }

  var time: Double { state.withLock { $0.time } }
  var transactions: [Transaction] { state.withLock { $0.transactions.filter { !$0.steps.isEmpty } } }
  var first: [TenantKey: Double] { state.withLock { $0.first } }
  var gaps: Int { state.withLock { $0.gaps } }
  func leaveGap() { state.withLock { $0.gaps += 1 } }

  private func pass(_ tenant: TenantKey, isStep: Bool) {
    state.withLock { state in
      state.time += cost(tenant)
      guard isStep else { return }
      state.transactions[state.transactions.count - 1].steps.append(tenant)
      if state.first[tenant] == nil { state.first[tenant] = state.time }
    }
  }

  func read<Result>(_ body: (any StoreSnapshot) throws -> Result) throws -> Result { try inner.read(body) }

  func together<Result>(epoch: LeaderEpoch, _ body: () throws -> Result) throws -> Result {
    state.withLock { $0.transactions.append(Transaction(start: $0.time)) }
    defer {
      state.withLock { state in
        let last = state.transactions.count - 1
        state.transactions[last].milliseconds = state.time - state.transactions[last].start
      }
    }
    return try inner.together(epoch: epoch, body)
  }

  func decide(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, with decider: () throws -> any StepDecider
  ) throws -> DecidedBatch {
    try inner.decide(tenant: tenant, limit: limit, at: now, epoch: epoch) {
      PacedDecider(try decider()) { self.pass(tenant, isStep: true) }
    }
  }

  func enrol(
    tenant: TenantKey, limit: Int, at now: Instant, generation: Int64?, epoch: LeaderEpoch, isOver: () -> Bool,
    choose: (Lead) throws -> EnrolmentChoice
  ) throws -> EnrolmentCounts {
    try inner.enrol(tenant: tenant, limit: limit, at: now, generation: generation, epoch: epoch, isOver: isOver) {
      self.pass(tenant, isStep: false)
      return try choose($0)
    }
  }

  func wakeNext(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, isOver: () -> Bool
  ) throws -> Wake? {
    state.withLock { $0.time += wakeCost }
    return try inner.wakeNext(tenant: tenant, limit: limit, at: now, epoch: epoch, isOver: isOver)
  }

  func wakeAfterPauses(at now: Instant, epoch: LeaderEpoch) throws { try inner.wakeAfterPauses(at: now, epoch: epoch) }

  func beginWake(of tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws {
    try inner.beginWake(of: tenant, at: now, epoch: epoch)
  }

  func begin(
    _ draft: GenerationDraft, for tenant: TenantKey, after last: Int64, epoch: LeaderEpoch
  ) throws -> Int64 { try inner.begin(draft, for: tenant, after: last, epoch: epoch) }

  func recordTexts(_ texts: [PolicyText], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws {
    try inner.recordTexts(texts, for: tenant, at: now, epoch: epoch)
  }

  func recordRefusal(
    _ refusal: String?, code: ReasonCode?, of policy: String, for tenant: TenantKey, at now: Instant,
    epoch: LeaderEpoch
  ) throws { try inner.recordRefusal(refusal, code: code, of: policy, for: tenant, at: now, epoch: epoch) }

  func recordStreaks(_ streaks: [PolicyStreak], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws {
    try inner.recordStreaks(streaks, for: tenant, at: now, epoch: epoch)
  }
}

private final class PacedDecider: StepDecider {
  private let inner: any StepDecider
  private let pass: () -> Void

  init(_ inner: any StepDecider, pass: @escaping () -> Void) { (self.inner, self.pass) = (inner, pass) }

  var inputs: DecisionInputs? { inner.inputs }
  var isOver: Bool { inner.isOver }
  var waitlistBudget: WaitlistBudget { inner.waitlistBudget }
  func capacity(_ position: Int, for priority: Priority) -> Int { inner.capacity(position, for: priority) }
  func asksNextWaiting(afterMiss: Bool?) -> Bool { inner.asksNextWaiting(afterMiss: afterMiss) }
  func prefetch(_ step: DueStep) { inner.prefetch(step) }
  func decide(_ step: DueStep) throws -> StepCommit {
    pass()
    return try inner.decide(step)
  }
}
