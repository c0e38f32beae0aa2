import Policies
import Routing

/// One round over the store: policies are brought up to date, leads are enrolled, what is due is decided.
///
/// Tenants take turns, a batch each, until nothing is due: a tenant with a million contacts does not hold up one with
/// ten. Each batch is one transaction, and so are those of several tenants that make no more than one batch together: a
/// process that dies between two of them has lost nothing.
package final class Cycle {
  let store: any CycleStore
  let board: any PolicyStandings
  let epoch: LeaderEpoch
  let report: (Event) -> Void
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
  /// Whether this process began a generation that it has not said yet.
  var hasBegun = false
  /// What is to be said when the look at the policies is over.
  var found: [Event] = []
  /// Files that are not what decides, as they are on record, and the generation that they were read in.
  var files: [TenantKey: (generation: Int64, states: [String: PolicyFileState])] = [:]
  /// What a look at the tenants' policies is to write of their files.
  var fileChanges: [FileChange] = []
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
    let all = try bringUp(at: now)
    for turn in all where !shouldStop() { counts.enrolled += try enrol(turn, at: now, shouldStop: shouldStop) }
    var turns = all.filter { !$0.isGivenUp }
    while !turns.isEmpty, !shouldStop() {
      turns = try round(turns, at: now, counts: &counts, shouldStop: shouldStop)
    }
    for turn in all where turn.lineup.canary != nil && !turn.isGivenUp { try judge(turn, at: now) }
    if hasBegun { try sayChanges() }
    return counts
  }

  // MARK: - Enrolling

  private func enrol(_ turn: Turn, at now: Instant, shouldStop: () -> Bool) throws -> Int {
    let limit = 2000
    var enrolled = 0
    while !shouldStop() {
      let counts = try unlessGenerationPassed(turn) {
        try store.enrol(
          tenant: turn.tenant.key, limit: limit, at: now, generation: turn.generation, epoch: epoch,
          choose: { try choose($0, in: turn, at: now) })
      }
      guard let counts else { break }
      try recordStreaks(turn.tenant, at: now)
      enrolled += counts.enrolled
      if counts.triggers < limit { break }
    }
    return enrolled
  }

  private func choose(_ lead: Lead, in turn: Turn, at now: Instant) throws -> EnrolmentChoice {
    let seed = SeededRandom.seed(contact: ContactID(stored: lead.id), step: 0, at: now)
    // Whoever will decide for the contact chooses its device too.
    let side = turn.lineup.side(of: lead.contact)
    let evaluator = try turn.evaluator(reading: store, at: now).evaluator(of: side)
    let choice = evaluator.enroll(lead, seed: seed)
    if let enroller = evaluator.enroller {
      learn(enroller.revision, fault: enroller.fault.map { _ in enroller.reason }, in: turn, at: now)
    }
    return choice
  }

  // MARK: - Deciding

  /// Gives each tenant a turn. Returns those that have more due.
  private func round(
    _ turns: [Turn], at now: Instant, counts: inout CycleReport, shouldStop: () -> Bool
  ) throws -> [Turn] {
    var (waiting, unfinished, isApart) = (turns[...], [Turn](), false)
    while !waiting.isEmpty, !shouldStop() {
      let start = stopwatch()
      let share: Share?
      do {
        share =
          isApart
          ? try unlessGenerationPassed(waiting.first!) {
            try self.share(waiting.prefix(1), at: now, since: start, shouldStop)
          } : try self.share(waiting, at: now, since: start, shouldStop)
      } catch  where !isApart {
        // What fails must not keep its neighbours from being decided: once more, each in its own transaction.
        for turn in waiting { turn.finish() }
        isApart = true
        continue
      }
      guard let share else {
        waiting = waiting.dropFirst()
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
      foresee: { turn.evaluatorAtHand?.live.foresee($0.contact) }, decide: { try decide($0, in: turn, at: now) })
  }

  private func decide(_ due: DueStep, in turn: Turn, at now: Instant) throws -> StepCommit {
    if due.isOptedOut { return .cancel(reason: ClaimTransition.optedOutReason) }
    let evaluator = try turn.evaluator(reading: store, at: now)
    let commit = StepDecision.decide(
      due, with: evaluator, template: templates.template(for: due.content),
      compare: { compare($0, with: $1, on: due.contact, in: turn) })
    // Without an instruction nothing was run: an empty text, a file that cannot be used, a suspended policy.
    if let decision = commit.decision, decision.instructions > 0 {
      learn(decision.revision, fault: decision.fault.map { _ in decision.reason }, in: turn, at: now)
      if let narrowed = decision.narrowed { learn(narrowed.origin.revision, fault: nil, in: turn, at: now) }
      for guardian in evaluator.guardsAnswered(about: due.contact.id) {
        learn(guardian.revision.digest, fault: nil, in: turn, at: now)
      }
    }
    return commit
  }

  private func compare(_ shadow: Evaluator, with live: Decision, on contact: Contact, in turn: Turn) {
    guard let ledger = turn.basis?.shadow, let watch = turn.shadowWatch else { return }
    guard !watch.rests else { return ledger.addNotAsked() }
    let verdict = shadow.decide(contact, seed: live.seed)
    ledger.add(contact.id, live: live, shadow: verdict, in: shadow.fleet)
    if watch.learn(verdict) { report(.shadowRests(tenant: turn.tenant.id, fault: verdict.reason)) }
  }

  /// Nil when another process changed what decides for the tenant: nothing was written, and the turn is over.
  private func unlessGenerationPassed<Counts>(_ turn: Turn, _ body: () throws -> Counts) throws -> Counts? {
    do {
      return try body()
    } catch StoreError.generationPassed {
      turn.giveUp()
      report(.turnGivenUp(tenant: turn.tenant.id))
      return nil
    }
  }
}
