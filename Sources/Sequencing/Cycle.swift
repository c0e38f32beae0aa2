import Policies
import Routing

/// One round over the store: policies are brought up to date, leads are enrolled, what is due is decided.
///
/// Tenants take turns, a batch each, until nothing is due: a tenant with a million contacts does not hold up one with
/// ten. Each batch is one transaction, and so are those of several tenants that make no more than one batch together: a
/// process that dies between two of them has lost nothing.
package final class Cycle {
  /// What a cycle has to say beside its counts.
  package enum Event: Sendable {
    case policyTaken(tenant: TenantID, policy: String, revision: String)
    /// `hasLastGood`: an earlier revision goes on; else the tenant's contacts wait.
    case policyRefused(tenant: TenantID, policy: String, message: String, hasLastGood: Bool)
    /// The policy failed so often in a row that it is not asked any more: the tenant's contacts wait.
    case policySuspended(tenant: TenantID, streak: PolicyStreak)
    /// Another revision took the place of a suspended one, or nothing is to be suspended any more.
    case suspensionEnded(tenant: TenantID, streak: PolicyStreak)
  }

  private let store: any CycleStore
  private let board: any PolicyStandings
  private let epoch: LeaderEpoch
  private let report: (Event) -> Void
  /// Milliseconds of some clock that only goes forward; it sizes batches and decides nothing.
  private let stopwatch: () -> Double
  private let suspendAfter: Int
  private var batch = BatchSize()
  private var watches: [TenantKey: FaultWatch] = [:]
  private var activated: [TenantKey: [PolicyRevision]] = [:]
  private var refused: [TenantKey: [String: String]] = [:]
  private var templates = ContentTemplates()

  /// The most tenants that one transaction decides for, and how long it may have taken when it goes on to the next one,
  /// in the stopwatch's milliseconds.
  private static let turnsTogether = 100
  private static let longTogether = 40.0

  /// How many faults in a row suspend a policy.
  package static let suspendAfter = 20

  /// `suspendAfter`: how many faults in a row suspend a policy for a tenant; 0 suspends none.
  package init(
    store: any CycleStore, board: any PolicyStandings, epoch: LeaderEpoch, stopwatch: @escaping () -> Double,
    suspendAfter: Int = Cycle.suspendAfter, report: @escaping (Event) -> Void = { _ in }
  ) {
    self.store = store
    self.board = board
    self.epoch = epoch
    self.stopwatch = stopwatch
    self.suspendAfter = suspendAfter
    self.report = report
  }

  /// Runs one cycle as of `now`. `shouldStop` is asked between two transactions.
  package func run(at now: Instant, shouldStop: () -> Bool = { false }) throws -> CycleReport {
    var counts = CycleReport(now: now)
    var turns: [Turn] = []
    for tenant in try store.read({ try $0.tenants() }) {
      let policies = try bringUp(tenant, at: now)
      turns.append(Turn(tenant: tenant, policies: policies, watch: watches[tenant.key]))
    }
    for turn in turns where !shouldStop() { counts.enrolled += try enrol(turn, at: now, shouldStop: shouldStop) }
    while !turns.isEmpty, !shouldStop() {
      turns = try round(turns, at: now, counts: &counts, shouldStop: shouldStop)
    }
    return counts
  }

  /// A tenant's place in a cycle. The fleet is read when something is due, once, and then follows the cycle's own
  /// decisions.
  private final class Turn {
    let tenant: Tenant
    let policies: [CompiledPolicy]
    let watch: FaultWatch?
    private(set) var evaluatorAtHand: Evaluator?
    /// What `evaluatorAtHand` began with.
    private(set) var basis: DecisionBasis?

    init(tenant: Tenant, policies: [CompiledPolicy], watch: FaultWatch?) {
      (self.tenant, self.policies, self.watch) = (tenant, policies, watch)
    }

    /// Gives the fleet up: a cycle over many tenants holds those that still have something due.
    func finish() { (evaluatorAtHand, basis) = (nil, nil) }

    func evaluator(reading store: any CycleStore, at now: Instant) throws -> Evaluator {
      if let evaluatorAtHand { return evaluatorAtHand }
      let fleet = try store.read { try $0.fleet(of: tenant, at: now) }
      let made = Evaluator(policies: policies, fleet: fleet)
      evaluatorAtHand = made
      basis = DecisionBasis(fleet: fleet, revisions: policies.map(\.revision))
      return made
    }
  }

  // MARK: - Policies

  private func bringUp(_ tenant: Tenant, at now: Instant) throws -> [CompiledPolicy] {
    let standing = try board.standing(of: tenant) { try store.read { try $0.activeRevisions(of: tenant.key) } }
    let revisions = standing.policies.map(\.revision)
    if activated[tenant.key] != revisions {
      try store.activate(revisions, for: tenant.key, at: now, epoch: epoch)
      let before = activated.updateValue(revisions, forKey: tenant.key)
      for revision in revisions where before?.contains(where: { $0.digest == revision.digest }) == false {
        report(.policyTaken(tenant: tenant.id, policy: revision.policy, revision: revision.digest))
      }
    }
    try recordRefusals(standing, tenant: tenant, at: now)
    try bringUpWatch(standing.policies, tenant: tenant, at: now)
    return standing.policies
  }

  private func recordRefusals(_ standing: PolicyBoard.Standing, tenant: Tenant, at now: Instant) throws {
    for (name, policy) in zip(tenant.policies, standing.policies) {
      let message = standing.refusals.first { $0.policy == name }?.message
      // The first cycle writes either way: what stood there may be of an earlier process.
      if let known = refused[tenant.key]?[name], known == message ?? "" { continue }
      try store.recordRefusal(message, of: name, for: tenant.key, at: now, epoch: epoch)
      refused[tenant.key, default: [:]][name] = message ?? ""
      guard let message else { continue }
      report(
        .policyRefused(tenant: tenant.id, policy: name, message: message, hasLastGood: !policy.isBroken))
    }
  }

  // MARK: - Enrolling

  private func enrol(_ turn: Turn, at now: Instant, shouldStop: () -> Bool) throws -> Int {
    let limit = 2000
    var enrolled = 0
    while !shouldStop() {
      let counts = try store.enrol(tenant: turn.tenant.key, limit: limit, at: now, epoch: epoch) { lead in
        let seed = SeededRandom.seed(contact: ContactID(stored: lead.id), step: 0, at: now)
        let evaluator = try turn.evaluator(reading: store, at: now)
        let choice = evaluator.enroll(lead, seed: seed)
        if let enroller = evaluator.enroller {
          learn(enroller.revision, fault: enroller.fault.map { _ in enroller.reason }, in: turn, at: now)
        }
        return choice
      }
      try recordStreaks(turn.tenant, at: now)
      enrolled += counts.enrolled
      if counts.triggers < limit { break }
    }
    return enrolled
  }

  // MARK: - Deciding

  /// Gives each tenant a turn. Returns those that have more due.
  private func round(
    _ turns: [Turn], at now: Instant, counts: inout CycleReport, shouldStop: () -> Bool
  ) throws -> [Turn] {
    var (waiting, unfinished, isApart) = (turns[...], [Turn](), false)
    while !waiting.isEmpty, !shouldStop() {
      let start = stopwatch()
      let share: Share
      do {
        share = try self.share(isApart ? waiting.prefix(1) : waiting, at: now, since: start, shouldStop)
      } catch  where !isApart {
        // What fails must not keep its neighbours from being decided: once more, each in its own transaction.
        for turn in waiting { turn.finish() }
        isApart = true
        continue
      }
      batch.learn(took: stopwatch() - start, for: share.counts.decided)
      for turn in waiting.prefix(share.turns) { try recordStreaks(turn.tenant, at: now) }
      counts.add(share.counts)
      unfinished += share.unfinished
      waiting = waiting.dropFirst(share.turns)
    }
    return unfinished
  }

  /// What one transaction decided: for how many tenants, and which of them have more due.
  private struct Share {
    var turns = 0
    var counts = DecisionCounts()
    var unfinished: [Turn] = []
  }

  /// Decides for one tenant after the other, as many as fit into a batch, in one transaction.
  private func share(
    _ turns: ArraySlice<Turn>, at now: Instant, since start: Double, _ shouldStop: () -> Bool
  ) throws -> Share {
    try store.together(epoch: epoch) {
      var share = Share()
      for turn in turns {
        let limit = batch.count - share.counts.decided
        let isFull = limit == 0 || share.turns == Cycle.turnsTogether || stopwatch() - start > Cycle.longTogether
        if share.turns > 0, isFull || shouldStop() { break }
        let decided = try decide(turn, limit: limit, at: now)
        share.turns += 1
        share.counts += decided
        if decided.decided < limit { turn.finish() } else { share.unfinished.append(turn) }
      }
      return share
    }
  }

  private func decide(_ turn: Turn, limit: Int, at now: Instant) throws -> DecisionCounts {
    try store.decide(
      tenant: turn.tenant.key, limit: limit, at: now, epoch: epoch, basis: { turn.basis },
      foresee: { turn.evaluatorAtHand?.foresee($0.contact) }, decide: { try decide($0, in: turn, at: now) })
  }

  private func decide(_ due: DueStep, in turn: Turn, at now: Instant) throws -> StepCommit {
    if due.isOptedOut { return .cancel(reason: "the lead opted out") }
    let evaluator = try turn.evaluator(reading: store, at: now)
    let commit = StepDecision.decide(
      due, with: evaluator, policies: turn.policies, template: templates.template(for: due.content))
    // Without an instruction nothing was run: an empty text, a file that cannot be used, a suspended policy.
    if let decision = commit.decision, decision.instructions > 0 {
      learn(decision.revision, fault: decision.fault.map { _ in decision.reason }, in: turn, at: now)
    }
    return commit
  }

  // MARK: - Suspending

  private func bringUpWatch(_ policies: [CompiledPolicy], tenant: Tenant, at now: Instant) throws {
    let watch =
      try watches[tenant.key] ?? FaultWatch(store.read { try $0.streaks(of: tenant.key) }, limit: suspendAfter)
    for streak in watch.bringUp(policies) { report(.suspensionEnded(tenant: tenant.id, streak: streak)) }
    watches[tenant.key] = watch
    try recordStreaks(tenant, at: now)
  }

  private func learn(_ revision: String, fault: String?, in turn: Turn, at now: Instant) {
    if let streak = turn.watch?.learn(revision, fault: fault, from: turn.policies, at: now) {
      report(.policySuspended(tenant: turn.tenant.id, streak: streak))
    }
  }

  private func recordStreaks(_ tenant: Tenant, at now: Instant) throws {
    guard let watch = watches[tenant.key], watch.isChanged else { return }
    try store.recordStreaks(watch.sorted, for: tenant.key, at: now, epoch: epoch)
    watch.wasRecorded()
  }
}
