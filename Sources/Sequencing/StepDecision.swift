import Policies
import Routing

/// Turns a due step into a commit: renders, decides, admits.
package enum StepDecision {
  /// How long a contact with an empty message text waits; seconds.
  package static let emptyContentWaitSeconds: Int64 = 3600

  /// Decides a step with one side's policies, and reserves the chosen device on the evaluator's fleet. A step with an
  /// empty text waits without evaluating a policy: it uses no instructions and has the first policy as its origin.
  ///
  /// A fault names its cause, which costs a second run of the policies.
  package static func decide(_ due: DueStep, with evaluator: Evaluator, template: ContentTemplate) -> StepCommit {
    let now = evaluator.fleet.now
    let seed = SeededRandom.seed(contact: due.contact.id, step: due.contact.step, at: now)
    guard let content = template.render(for: due.contact) else {
      let until = now.advanced(bySeconds: emptyContentWaitSeconds)
      let decision = Decision(
        resolution: .wait(until: until), reason: "the step's text is empty for this contact", code: .emptyText,
        origin: evaluator.origin, seed: seed)
      return .wait(decision, until: until)
    }
    var decision = evaluator.decide(due.contact, seed: seed)
    if decision.fault != nil { decision = evaluator.namingCause(of: decision, due.contact) }
    switch decision.resolution {
    case .use(let device):
      return .queue(decision, device: evaluator.fleet.members[device].device.key, moves: false, content: content)
    case .move(let device):
      return .queue(decision, device: evaluator.fleet.members[device].device.key, moves: true, content: content)
    case .wait(let until):
      return .wait(decision, until: until)
    case .skip:
      return .skip(decision)
    }
  }
}

extension StepDecision {
  /// Decides a step with the side responsible for its contact. Calls `compare` with the shadow's evaluator and the live
  /// decision before the decision is reserved on the shadow's fleet.
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
    evaluator.reserve(decision.resolution.device, decidedBy: side)
    return commit
  }

  /// Whether policies were evaluated; they are not for a step with an empty text.
  private static func hasAsked(_ decision: Decision, _ due: DueStep, _ template: ContentTemplate) -> Bool {
    decision.instructions > 0 || template.render(for: due.contact) != nil
  }
}
