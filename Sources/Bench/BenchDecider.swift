import Policies
import Routing
import Sequencing

/// Decides due steps as a cycle does, without its fault watch: the part that a benchmark measures.
final class BenchDecider: StepDecider {
  private let evaluator: LineupEvaluator
  private var templates = ContentTemplates()
  private let read: DecisionInputs
  /// The fleet record of the previous batches; nil before the first one.
  private var record: Int64?

  /// `fleet` is the fleet as read at the time for which the steps are decided.
  init(_ policies: [CompiledPolicy], fleet: Fleet, generation: Int64) {
    evaluator = LineupEvaluator(CompiledLineup(live: policies), fleet: fleet)
    read = DecisionInputs(fleet: fleet, generation: generation)
  }

  var inputs: DecisionInputs? {
    var inputs = read
    inputs.record = record
    return inputs
  }

  let waitlistBudget = WaitlistBudget()

  func capacity(_ position: Int, for priority: Priority) -> Int { evaluator.capacity(position, for: priority) }

  func prefetch(_ step: DueStep) { evaluator.live.prefetch(step.contact) }

  func decide(_ step: DueStep) -> StepCommit {
    StepDecision.decide(step, with: evaluator, template: templates.template(for: step.content))
  }

  /// Decides one batch of a seed's tenant. Returns the counts.
  func run(_ limit: Int, of seed: CycleSeed, in store: any Store, epoch: LeaderEpoch) throws -> DecisionCounts {
    let batch = try store.decide(
      tenant: seed.tenant.key, limit: limit, at: seed.now, epoch: epoch, with: { self })
    if let written = batch.record { record = written }
    return batch.counts
  }
}
