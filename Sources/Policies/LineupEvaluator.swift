import Routing

/// The evaluators of a tenant's line-up over one fleet. Each sees the reservations of the others.
///
/// Not thread-safe.
package final class LineupEvaluator {
  /// Constant; a new generation needs a new evaluator.
  package let lineup: CompiledLineup
  /// Evaluates the live policies, which decide for all contacts outside the canary's share.
  package let live: Evaluator
  private let canary: Evaluator?
  /// Never reserves its own verdicts.
  private let shadow: Evaluator?
  /// Whether there is neither a canary nor a shadow, so that the live policies decide for every contact.
  package let isPlain: Bool

  /// Copies `fleet` for each side of the line-up. The copies have no reservations yet.
  package init(_ lineup: CompiledLineup, fleet: Fleet) {
    self.lineup = lineup
    // A shadow is compared with final decisions, so guards apply to it too.
    let guards = lineup.guards
    live = Evaluator(policies: lineup.live, guards: guards, fleet: fleet)
    canary = lineup.canary.map { Evaluator(policies: $0.policies, guards: guards, fleet: fleet) }
    shadow = lineup.shadow.map { Evaluator(policies: $0.policies, guards: guards, fleet: fleet) }
    shadow?.reservesNothing = true
    isPlain = canary == nil && shadow == nil
  }

  /// Includes the reservations of all decisions so far.
  package var fleet: Fleet { live.fleet }

  /// How many more messages a device can take, reservations included; see `Fleet.capacity`.
  package func capacity(_ position: Int, for priority: Priority) -> Int {
    live.fleet.capacity(position, for: priority)
  }

  /// The evaluator of a side; without a canary, the evaluator of `live`.
  package func evaluator(of side: PolicyLineup.Side) -> Evaluator { side == .canary ? canary ?? live : live }

  /// The shadow's evaluator for a contact; nil without a shadow, or outside its share.
  package func shadow(for contact: ContactID) -> Evaluator? {
    guard let shadow, lineup.shadow?.share.contains(contact) == true else { return nil }
    return shadow
  }

  /// Reserves the chosen device on the other evaluators too.
  package func reserve(_ device: Int?, decidedBy side: PolicyLineup.Side) {
    guard let device else { return }
    if side == .canary { live.reserve(position: device) } else { canary?.reserve(position: device) }
    shadow?.reserve(position: device)
  }

  /// Reserves on all evaluators the device of a recorded decision that this one did not choose.
  package func reserve(position: Int) {
    live.reserve(position: position)
    canary?.reserve(position: position)
    shadow?.reserve(position: position)
  }
}
