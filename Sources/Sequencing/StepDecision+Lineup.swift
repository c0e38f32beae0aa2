import Policies
import Routing

extension StepDecision {
  /// Decides a step with whoever decides for its contact. `compare` is given what a shadow says beside it, before
  /// anything of the decision is reserved on the shadow's fleet.
  package static func decide(
    _ due: DueStep, with evaluator: LineupEvaluator, template: ContentTemplate,
    compare: (_ shadow: Evaluator, _ live: Decision) -> Void = { _, _ in }
  ) -> StepCommit {
    let lineup = evaluator.lineup
    if evaluator.isPlain { return decide(due, with: evaluator.live, template: template) }
    let side = lineup.side(of: due.contact.id)
    let commit = decide(due, with: evaluator.evaluator(of: side), template: template)
    guard let decision = commit.decision else { return commit }
    if side == .live, let shadow = evaluator.shadow(for: due.contact.id), hasAsked(decision, due, template) {
      compare(shadow, decision)
    }
    evaluator.settle(decision.resolution.device, decidedBy: side)
    return commit
  }

  /// Whether policies were to be asked: not so for a step whose text is empty.
  private static func hasAsked(_ decision: Decision, _ due: DueStep, _ template: ContentTemplate) -> Bool {
    decision.instructions > 0 || template.render(for: due.contact) != nil
  }
}
