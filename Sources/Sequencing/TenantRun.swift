import Policies
import Routing

/// One tenant in one cycle: its policies, and its decider once something is due.
final class TenantRun {
  let tenant: Tenant
  let lineup: CompiledLineup
  /// The generation of the line-up.
  let generation: Int64
  let watch: FaultWatch?
  let shadowWatch: ShadowWatch?
  private var decider: TenantDecider?
  /// Whether another process changed the tenant's policies; its contacts then wait for the next cycle.
  private(set) var isGivenUp = false
  /// Milliseconds that enrolling and deciding took in this cycle.
  var spent = 0.0
  /// Whether a batch of the tenant was decided in this cycle.
  var hadTurn = false
  /// Contacts that were asked in this cycle, with those whose answer repeated the last one, for the pace of the next one.
  var asked = 0
  /// The tenant's open wake; nil without one.
  var wake: Wake?

  init(tenant: Tenant, lineup: CompiledLineup, generation: Int64, watch: FaultWatch?, shadowWatch: ShadowWatch?) {
    (self.tenant, self.lineup, self.generation) = (tenant, lineup, generation)
    (self.watch, self.shadowWatch) = (watch, shadowWatch)
  }

  /// Releases the decider and its fleet, so that a cycle over many tenants holds only those with due steps. Also called
  /// after a rollback, because the decider then has reservations of decisions that do not exist.
  func finish() { decider = nil }

  func giveUp() {
    isGivenUp = true
    finish()
  }

  /// The decider for all batches of the cycle. Reads its fleet on the first call; the fleet then includes the cycle's own
  /// decisions.
  func decider(for cycle: Cycle, at now: Instant) throws -> TenantDecider {
    if let decider { return decider }
    let fleet = try cycle.store.read { try $0.fleet(of: tenant, at: now) }
    let made = TenantDecider(self, fleet: fleet, of: cycle)
    decider = made
    return made
  }

  /// Makes the next batch refer to the record that this one wrote, if any.
  func goOn(after batch: DecidedBatch) {
    if let record = batch.record { decider?.record = record }
  }
}
