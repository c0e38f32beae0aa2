import Policies
import Routing

/// A tenant's place in a cycle. The fleet is read when something is due, once, and then follows the cycle's own
/// decisions.
final class Turn {
  let tenant: Tenant
  let lineup: CompiledLineup
  /// The generation that the line-up is of.
  let generation: Int64
  let watch: FaultWatch?
  let shadowWatch: ShadowWatch?
  private(set) var evaluatorAtHand: LineupEvaluator?
  /// What `evaluatorAtHand` began with.
  private(set) var basis: DecisionBasis?
  /// Another process changed what decides for the tenant: the next cycle takes its contacts.
  private(set) var isGivenUp = false

  init(tenant: Tenant, lineup: CompiledLineup, generation: Int64, watch: FaultWatch?, shadowWatch: ShadowWatch?) {
    (self.tenant, self.lineup, self.generation) = (tenant, lineup, generation)
    (self.watch, self.shadowWatch) = (watch, shadowWatch)
  }

  /// Gives the fleet up: a cycle over many tenants holds those that still have something due.
  func finish() { (evaluatorAtHand, basis) = (nil, nil) }

  func giveUp() {
    isGivenUp = true
    finish()
  }

  func evaluator(reading store: any CycleStore, at now: Instant) throws -> LineupEvaluator {
    if let evaluatorAtHand { return evaluatorAtHand }
    let fleet = try store.read { try $0.fleet(of: tenant, at: now) }
    let made = LineupEvaluator(lineup, fleet: fleet)
    evaluatorAtHand = made
    basis = DecisionBasis(
      fleet: fleet, generation: generation, canary: lineup.canary?.share,
      shadow: lineup.shadow == nil ? nil : ShadowLedger())
    return made
  }
}
