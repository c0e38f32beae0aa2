import Policies
import PolicyTesting
import Routing
import RoutingTestKit
import Sequencing
import Synchronization
import Testing

/// Tenants with few due steps share a transaction, and each is decided as if it were alone.
struct TogetherTests {
  /// A store that counts the transactions of decisions, and fails at one contact of one tenant.
  private final class WatchedStore: CycleStore {
    let inner: any Store
    let failing: TenantKey?
    let error: StoreError
    private let count = Mutex(0)
    private let made = Mutex(0)
    private let steps = Mutex(0)

    init(_ inner: any Store, failing: TenantKey? = nil, with error: StoreError = .conflict("a bad row")) {
      (self.inner, self.failing, self.error) = (inner, failing, error)
    }

    /// How many contacts were decided.
    var asked: Int { steps.withLock { $0 } }
    var transactions: Int { count.withLock { $0 } }
    /// How often a decider was requested, new or from an earlier batch.
    var deciders: Int { made.withLock { $0 } }

    func read<Result>(_ body: (any StoreSnapshot) throws -> Result) throws -> Result { try inner.read(body) }

    func together<Result>(epoch: LeaderEpoch, _ body: () throws -> Result) throws -> Result {
      count.withLock { $0 += 1 }
      return try inner.together(epoch: epoch, body)
    }

    func wakeNext(
      tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, isOver: () -> Bool
    ) throws -> Wake? { try inner.wakeNext(tenant: tenant, limit: limit, at: now, epoch: epoch, isOver: isOver) }

    func wakeAfterPauses(at now: Instant, epoch: LeaderEpoch) throws {
      try inner.wakeAfterPauses(at: now, epoch: epoch)
    }

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
    ) throws {
      try inner.recordRefusal(refusal, code: code, of: policy, for: tenant, at: now, epoch: epoch)
    }

    func recordStreaks(_ streaks: [PolicyStreak], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws {
      try inner.recordStreaks(streaks, for: tenant, at: now, epoch: epoch)
    }

    func enrol(
      tenant: TenantKey, limit: Int, at now: Instant, generation: Int64?, epoch: LeaderEpoch, isOver: () -> Bool,
      choose: (Lead) throws -> EnrolmentChoice
    ) throws -> EnrolmentCounts {
      try inner.enrol(
        tenant: tenant, limit: limit, at: now, generation: generation, epoch: epoch, isOver: isOver, choose: choose)
    }

    func decide(
      tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, with decider: () throws -> any StepDecider
    ) throws -> DecidedBatch {
      let decider = {
        let decider = try decider()
        self.made.withLock { $0 += 1 }
        return FailingDecider(decider, with: tenant == self.failing ? self.error : nil) {
          self.steps.withLock { $0 += 1 }
        }
      }
      return try inner.decide(tenant: tenant, limit: limit, at: now, epoch: epoch, with: decider)
    }
  }

  /// Counts contacts, and with an error fails at one of them.
  private final class FailingDecider: StepDecider {
    let inner: any StepDecider
    let error: StoreError?
    let note: () -> Void

    init(_ inner: any StepDecider, with error: StoreError?, note: @escaping () -> Void) {
      (self.inner, self.error, self.note) = (inner, error, note)
    }

    var inputs: DecisionInputs? { inner.inputs }
    var isOver: Bool { inner.isOver }
    func prefetch(_ step: DueStep) { inner.prefetch(step) }

    func decide(_ step: DueStep) throws -> StepCommit {
      if let error, step.contact.id.text == "welcome/L1" { throw error }
      note()
      return try inner.decide(step)
    }
  }

  private let store: any Store
  private let folder = TestFolder()
  private static let tenants = ["t1", "t2", "t3"]
  private static let contacts = 3

  init() throws {
    var scenario = StoreScenario()
    for tenant in Self.tenants {
      scenario.tenant(tenant)
      for device in ["D1", "D2"] { scenario.device(device, of: tenant, day: 100) }
      scenario.sequence(of: tenant)
      for lead in 0..<Self.contacts { scenario.lead(lead, of: tenant, device: "D1") }
    }
    store = try scenario.store(in: folder, at: TestInstance.start)
  }

  private func run(_ store: WatchedStore, shouldStop: @escaping () -> Bool = { false }) throws -> CycleReport {
    let epoch = try self.store.becomeLeader(processID: 1, at: TestInstance.start)
    let cycle = Cycle(
      store: store, registry: PolicyRegistry(catalog: PolicyCatalog(rules: nil), acceptance: StandardAcceptance()),
      epoch: epoch, stopwatch: { 0 })
    return try cycle.run(at: TestInstance.start, shouldStop: shouldStop)
  }

  /// How many contacts of each tenant have a message.
  private func queued() throws -> [Int] {
    try Self.tenants.map { tenant in
      try (0..<Self.contacts).count { lead in
        try store.contact(ContactID("welcome/L\(lead)")!, of: TenantID(tenant)!).status == .queued
      }
    }
  }

  @Test func `tenants with few contacts are decided in one transaction`() throws {
    let watched = WatchedStore(store)
    #expect(try run(watched).queued == Self.contacts * Self.tenants.count)
    #expect(watched.transactions == 1)
    #expect(try queued() == [Self.contacts, Self.contacts, Self.contacts])
    #expect(try store.integrity().isSound)
  }

  @Test func `the fleet of a tenant with nothing due is not read`() throws {
    let watched = WatchedStore(store)
    #expect(try run(watched).queued == Self.contacts * Self.tenants.count)
    #expect(watched.deciders == Self.tenants.count)
    #expect(try run(watched).decided == 0)
    #expect(watched.deciders == Self.tenants.count)
  }

  @Test func `one tenant's failure does not undo the decisions of others`() throws {
    let second = try store.read { try $0.tenants()[1].key }
    let watched = WatchedStore(store, failing: second)
    #expect(throws: StoreError.conflict("a bad row")) { try run(watched) }
    // Once together, then the first tenant alone, then the one that fails, which ends the cycle.
    #expect(watched.transactions == 3)
    #expect(try queued() == [Self.contacts, 0, 0])
    #expect(try store.integrity().isSound)
  }

  @Test func `a tenant whose policies another process changed waits for the next cycle, and others do not`()
    throws
  {
    let second = try store.read { try $0.tenants()[1].key }
    let watched = WatchedStore(store, failing: second, with: .generationPassed)
    #expect(try run(watched).queued == Self.contacts * 2)
    #expect(try queued() == [Self.contacts, 0, Self.contacts])
    #expect(try store.integrity().isSound)
    #expect(try run(WatchedStore(store)).queued == Self.contacts)
    #expect(try queued() == [Self.contacts, Self.contacts, Self.contacts])
  }

  @Test func `a stopped cycle commits the tenants decided so far`() throws {
    let watched = WatchedStore(store)
    // The first tenant's decider is asked for, then its last contact decided.
    let report = try run(watched) { watched.asked == Self.contacts }
    #expect(report.queued == Self.contacts)
    #expect(try queued() == [Self.contacts, 0, 0])
  }
}
