import DryRun
import Policies
import Routing

/// Runs cycles and sends forward from a store's data, in memory. Writes nothing.
package struct SimulateStore {
  /// The results of the runs.
  package struct Result: Sendable {
    /// What all runs have in common: start, length, cycle interval, seed, incidents.
    package let options: Simulation.Options
    /// For charts, in the order given.
    package let outages: [Scenario.Outage]
    /// A report for each side, in their order.
    package let reports: [SimulationReport]

    /// The first side on which a policy failed, as an error; nil if none did.
    package var problem: Problem? {
      guard let failing = reports.first(where: { $0.totals.faults > 0 }) else { return nil }
      return Problem(
        .policyFailed,
        "the policy failed in \(failing.totals.faults) of \(failing.totals.decided) decisions (\(failing.policy))")
    }
  }

  private let options: Simulation.Options
  private let outages: [Scenario.Outage]
  private let at: Instant?
  private let tenant: TenantID?

  /// `at`: the start; nil is `now`. `everyS`: seconds between two cycles. `seed`: of the pauses between messages and of the
  /// arriving leads. `tenant` nil: all. Throws a `Problem` if an incident is outside the run.
  package init(
    _ scenario: Scenario, at: Instant?, now: Instant, hours: Int, everyS: Int, seed: UInt64, suspendAfter: Int,
    tenant: TenantID?
  ) throws {
    let start = at ?? now
    var options = Simulation.Options(start: start, hours: hours)
    let plan = try scenario.plan(start: start, end: options.end)
    (options.everyMilliseconds, options.seed) = (Int64(everyS) * 1000, seed)
    (options.incidents, options.arrivals, options.suspendAfter) = (plan.incidents, plan.arrivals, suspendAfter)
    (self.options, outages, self.at, self.tenant) = (options, plan.outages, at, tenant)
  }

  /// Reads everything that a run needs: the store can be closed afterwards. Throws a `Problem` for a tenant that does not exist,
  /// and for a start in the past.
  package func read(_ store: any Store) throws -> SimulationState {
    try PastMoment.refuse(
      at, in: store, of: tenant, instead: "omit --at, or choose a time after the last decision")
    let models = options.arrivals.isEmpty ? 0 : Simulation.modelLeads
    let state = try store.state(of: tenant, modelLeads: models, at: options.start)
    if state.tenants.isEmpty, let tenant { try TenantLookup.expect(tenant, in: store) }
    return state
  }

  /// A run for each side, over the same arrivals and pauses. `progress` gets the number of hours simulated so far, in all runs.
  package func run(
    _ sides: [SimulatedPolicies], over state: SimulationState, progress: (Int) -> Void = { _ in }
  ) throws -> Result {
    try sides.first?.checkOverrides(for: state)
    let simulation = try Simulation(state, options: options)
    var reports: [SimulationReport] = []
    for (place, side) in sides.enumerated() {
      reports.append(
        try simulation.run(
          side.name, lineup: { try side.lineup(of: $0, in: state) },
          progress: { progress(place * options.hours + $0) }))
    }
    return Result(options: options, outages: outages, reports: reports)
  }
}
