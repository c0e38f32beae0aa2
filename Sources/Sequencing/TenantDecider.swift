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

  // MARK: - Due steps

  let waitlistBudget = WaitlistBudget()

  func capacity(_ position: Int, for priority: Priority) -> Int { evaluator.capacity(position, for: priority) }

  func prefetch(_ step: DueStep) { evaluator.live.prefetch(step.contact) }

  func decide(_ step: DueStep) throws -> StepCommit {
    if step.isOptedOut { return .cancel(reason: ClaimTransition.optedOutReason, code: .optedOut) }
    let commit = StepDecision.decide(
      step, with: evaluator, template: cycle.template(for: step.content),
      compare: { compare($0, with: $1, on: step.contact) })
    // Without instructions no script ran: an empty text, an unusable file, or a suspended policy.
    if let decision = commit.decision, decision.instructions > 0 {
      learn(decision.revision, fault: decision.fault.map { (decision.reason, $0.code) })
      if let narrowed = decision.narrowed { learn(narrowed.origin.revision, fault: nil) }
      for guardian in decision.guards { learn(guardian.revision, fault: nil) }
    }
    return commit
  }

  private func compare(_ shadow: Evaluator, with live: Decision, on contact: Contact) {
    guard let comparison = read.shadow, let shadowWatch else { return }
    guard !shadowWatch.rests else { return comparison.addNotAsked() }
    let verdict = shadow.decide(contact, seed: live.seed)
    comparison.add(contact.id, live: live, shadow: verdict, in: shadow.fleet)
    if shadowWatch.learn(verdict) { cycle.report(.shadowRests(tenant: tenant, fault: verdict.reason)) }
  }

  // MARK: - Leads

  /// The result for a lead whose trigger matches a sequence. The side that will decide for the contact chooses.
  func choose(_ lead: Lead) -> EnrolmentChoice {
    let seed = SeededRandom.seed(contact: ContactID(stored: lead.id), step: 0, at: read.fleet.now)
    let evaluator = evaluator.evaluator(of: evaluator.lineup.side(of: lead.contact))
    let answer = evaluator.enroll(lead, seed: seed)
    if let origin = answer.origin { learn(origin.revision, fault: answer.failure.map { ($0, answer.failureCode) }) }
    return answer.choice
  }

  /// Counts an answer of a revision, and reports a suspension that results from it. `fault` is the reason of a failure.
  private func learn(_ revision: String, fault: (text: String, code: ReasonCode?)?) {
    guard let watch else { return }
    if let streak = watch.learn(revision, fault: fault, from: deciding, at: read.fleet.now) {
      cycle.report(.policySuspended(tenant: tenant, streak: streak))
    }
  }
}
