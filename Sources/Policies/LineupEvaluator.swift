import Routing

/// The evaluators of a tenant's line-up over one fleet: whatever one side reserves, the others see.
///
/// Not for use from two threads at a time.
package final class LineupEvaluator {
  /// Fixed for the evaluator's lifetime; a new generation needs a new evaluator.
  package let lineup: CompiledLineup
  /// Evaluates the live policies, which decide for everyone outside the canary's share.
  package let live: Evaluator
  private let canary: Evaluator?
  /// Its own verdicts reserve nothing.
  private let shadow: Evaluator?
  /// Whether the live policies decide for everyone, and nothing is compared with them.
  package let isPlain: Bool

  /// Copies `fleet` for each side that the line-up has; none has reservations yet.
  package init(_ lineup: CompiledLineup, fleet: Fleet) {
    self.lineup = lineup
    // A shadow is compared with what the others come to, guards included.
    let guards = lineup.guards
    live = Evaluator(policies: lineup.live, guards: guards, fleet: fleet)
    canary = lineup.canary.map { Evaluator(policies: $0.policies, guards: guards, fleet: fleet) }
    shadow = lineup.shadow.map { Evaluator(policies: $0.policies, guards: guards, fleet: fleet) }
    shadow?.reservesNothing = true
    isPlain = canary == nil && shadow == nil
  }

  /// As it stands after what was decided so far.
  package var fleet: Fleet { live.fleet }

  /// The side's own evaluator; that of `live` when there is no canary.
  package func evaluator(of side: PolicyLineup.Side) -> Evaluator { side == .canary ? canary ?? live : live }

  /// Who would decide beside the live policies for a contact that they decide for; nil when nobody does.
  package func shadow(for contact: ContactID) -> Evaluator? {
    guard let shadow, lineup.shadow?.share.contains(contact) == true else { return nil }
    return shadow
  }

  /// Has those who did not decide see what one side decided.
  package func reserve(_ device: Int?, decidedBy side: PolicyLineup.Side) {
    guard let device else { return }
    if side == .canary { live.reserve(position: device) } else { canary?.reserve(position: device) }
    shadow?.reserve(position: device)
  }

  /// Reserves what a decision on record chose where this one chose otherwise, on all sides.
  package func reserve(position: Int) {
    live.reserve(position: position)
    canary?.reserve(position: position)
    shadow?.reserve(position: position)
  }
}
