import Policies
import Routing

/// Decides one tenant's due steps in one cycle, and chooses devices for enrolling leads, over one fleet.
///
/// Not thread-safe.
final class TenantDecider: StepDecider {
  private let cycle: Cycle
  private let tenant: TenantID
  private let evaluator: LineupEvaluator
  /// Cached, because `CompiledLineup.deciding` builds a list on each call.
  private let deciding: [CompiledPolicy]
  private let watch: FaultWatch?
  private let shadowWatch: ShadowWatch?
  private let read: DecisionInputs
  /// The fleet record of the previous batches; nil before the first one.
  var record: Int64?

  /// `fleet` must be read for this cycle; its time is the cycle's.
  init(_ run: TenantRun, fleet: Fleet, of cycle: Cycle) {
    (self.cycle, tenant, watch, shadowWatch) = (cycle, run.tenant.id, run.watch, run.shadowWatch)
    waitlistBudget = WaitlistBudget(isLimited: cycle.clock.budget != nil)
    evaluator = LineupEvaluator(run.lineup, fleet: fleet)
    deciding = run.lineup.deciding
    read = DecisionInputs(
      fleet: fleet, generation: run.generation, canary: run.lineup.canary?.share,
      shadow: run.lineup.shadow == nil ? nil : ShadowComparison(), engine: CompiledPolicy.engine)
  }

  var inputs: DecisionInputs? {
    var inputs = read
    inputs.record = record
    return inputs
  }

  var isOver: Bool { cycle.clock.isTurnOver }

  // MARK: - Due steps

  let waitlistBudget: WaitlistBudget
  /// Milliseconds that waiting contacts took in this cycle which had to wait again, and when the last answer was given.
  private var missTime = (spent: 0.0, since: 0.0)
  /// The part of a tenant's time that such contacts may take: what is due must get its turn, however slow the policy is.
  private static let missShare = 0.5

  func asksNextWaiting(afterMiss: Bool?) -> Bool {
    guard cycle.clock.budget != nil else { return afterMiss == nil || !isOver }
    let now = cycle.clock.now
    if afterMiss == true { missTime.spent += now - missTime.since }
    missTime.since = now
    return missTime.spent < cycle.clock.knownShare * TenantDecider.missShare && (afterMiss == nil || !isOver)
  }

  func capacity(_ position: Int, for priority: Priority) -> Int { evaluator.capacity(position, for: priority) }

  func prefetch(_ step: DueStep) { evaluator.live.prefetch(step.contact) }

  func decide(_ step: DueStep) throws -> StepCommit {
    if step.isOptedOut { return .cancel(reason: ClaimTransition.optedOutReason, code: .optedOut) }
    let commit = StepDecision.decide(
      step, with: evaluator, template: cycle.template(for: step.content),
      compare: { compare($0, with: $1, on: step.contact) })
    // Without instructions no script ran: an empty text, an unusable file, or a suspended policy.
    if let decision = commit.decision, decision.instructions > 0 {
      let contact = step.contact.key.raw
      learn(decision.revision, decision.fault.map { (decision.reason, $0.code, $0.cause) }, for: contact)
      if let narrowed = decision.narrowed { learn(narrowed.origin.revision, nil, for: contact) }
      for guardian in decision.guards where guardian.revision != decision.revision {
        learn(guardian.revision, nil, for: contact)
      }
    }
    return commit
  }

  private func compare(_ shadow: Evaluator, with live: Decision, on contact: Contact) {
    guard let comparison = read.shadow, let shadowWatch else { return }
    guard !shadowWatch.rests else { return comparison.addNotAsked() }
    var verdict = shadow.decide(contact, seed: live.seed)
    if verdict.fault != nil { verdict = shadow.namingCause(of: verdict, contact) }
    comparison.add(contact.id, live: live, shadow: verdict, in: shadow.fleet)
    if shadowWatch.learn(verdict, about: contact) {
      cycle.report(.shadowRests(tenant: tenant, explanation: shadowWatch.explanation))
    }
  }

  // MARK: - Leads

  /// The result for a lead whose trigger matches a sequence. The side that will decide for the contact chooses.
  func choose(_ lead: Lead) -> EnrolmentChoice {
    let seed = SeededRandom.seed(contact: ContactID(stored: lead.id), step: 0, at: read.fleet.now)
    let evaluator = evaluator.evaluator(of: evaluator.lineup.side(of: lead.contact))
    var answer = evaluator.enroll(lead, seed: seed)
    if answer.fault != nil { answer = evaluator.namingCause(of: answer, lead, seed: seed) }
    if let origin = answer.origin {
      let failure = answer.failure.map { (text: $0, code: answer.failureCode, cause: answer.fault?.cause) }
      learn(origin.revision, failure, for: TenantDecider.key(of: lead))
    }
    return answer.choice
  }

  /// A stable number for a lead that is not enrolled yet: negative, unlike the keys of enrolments.
  private static func key(of lead: Lead) -> Int64 {
    ~Int64(SeededRandom.seed(contact: ContactID(stored: lead.id), step: 0, at: Instant(milliseconds: 0)))
  }

  /// Counts an answer of a revision, and reports a suspension that began or ended with it.
  private func learn(_ revision: String, _ failure: FaultWatch.Failure?, for contact: Int64) {
    guard let watch else { return }
    let now = read.fleet.now
    let change =
      if let failure {
        watch.addFault(revision, failure, for: contact, from: deciding, at: now)
      } else {
        watch.addGood(revision, for: contact, from: deciding, at: now)
      }
    if let change { cycle.note(change, of: tenant) }
  }
}
