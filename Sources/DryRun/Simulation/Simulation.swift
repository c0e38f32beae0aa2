import Policies
import Routing
import Sequencing

/// Runs cycles and sends forward over a copy of a store's state, in memory: what a day would come to.
///
/// The cycle is the daemon's own (`Cycle`), over a `SimulatedStore`. Moments at which nothing can happen are left out.
/// The state, the policies and the options decide everything.
package struct Simulation {
  /// What a run goes through; the same options give the same report.
  package struct Options: Sendable {
    /// The moment of the state; the first cycle runs at it.
    package var start: Instant
    /// From `start`, whole hours; at least 1.
    package var hours: Int
    /// Between two cycles.
    package var everyMilliseconds: Int64 = 60_000
    /// Between two looks at what may be sent.
    package var sendEveryMilliseconds: Int64 = 1000
    /// Of the pauses between messages and of the leads that arrive.
    package var seed: UInt64 = 1
    /// In any order; they are sorted by time.
    package var incidents: [Incident] = []
    /// One entry for each rate of new leads.
    package var arrivals: [Arrivals] = []
    /// Faults in a row before a revision is suspended, as in a live cycle.
    package var suspendAfter = Cycle.suspendAfter

    /// Cycles each minute, sends each second, no incidents and no arrivals, unless set.
    package init(start: Instant, hours: Int) { (self.start, self.hours) = (start, hours) }

    /// The run ends here, `hours` after `start`.
    package var end: Instant { start.advanced(bySeconds: Int64(hours) * 3600) }
  }

  /// How many samples of the loads are taken in an hour.
  package static let samplesPerHour = 12
  /// The most leads that may arrive in a run: each stays in memory.
  package static let arrivalsMax = 1_000_000
  /// Of how many leads of a tenant the traits of arriving ones are drawn.
  package static let modelLeads = 1000

  private let options: Options
  private let state: SimulationState
  private let incidents: [PlannedIncident]
  private let streams: [ArrivalStream]

  /// Throws `SimulationError` for a device or a sequence that is not there or not the only one of its name.
  package init(_ state: SimulationState, options: Options) throws(SimulationError) {
    (self.state, self.options) = (state, options)
    incidents = try SimulationPlan.incidents(options.incidents, in: state)
    streams = try SimulationPlan.streams(options, in: state)
  }

  /// One run with policies that decide for every contact.
  package func run(
    _ name: String, policies: (Tenant) throws -> [CompiledPolicy], progress: (Int) -> Void = { _ in },
    observe: ((SimulationEvent) -> Void)? = nil
  ) throws -> SimulationReport {
    try run(name, lineup: { CompiledLineup(live: try policies($0)) }, progress: progress, observe: observe)
  }

  /// One run with these policies, called `name` in the report. `observe` is told of every decision and every message.
  package func run(
    _ name: String, lineup: (Tenant) throws -> CompiledLineup, progress: (Int) -> Void = { _ in },
    observe: ((SimulationEvent) -> Void)? = nil
  ) throws -> SimulationReport {
    let store = SimulatedStore(
      state, start: options.start, sendEveryMilliseconds: options.sendEveryMilliseconds, hours: options.hours,
      observe: observe)
    var settled: [TenantKey: CompiledLineup] = [:]
    for tenant in store.tenants() { settled[tenant.key] = try lineup(tenant).withoutShadow }
    let cycle = Cycle(
      store: store, registry: FixedPolicies(lineups: settled), epoch: LeaderEpoch(0), stopwatch: { 0 },
      suspendAfter: options.suspendAfter)
    var course = SimulationRun(options, incidents: incidents, streams: streams, store: store, cycle: cycle)
    return try course.run(name, openAtStart: store.tally.contacts, progress: progress)
  }
}

/// Policies that stay as they are.
private struct FixedPolicies: PolicySource {
  let lineups: [TenantKey: CompiledLineup]

  func refresh(_ tenant: Tenant, last: Int64, known: () throws -> KnownPolicies) rethrows -> TenantPolicies {
    guard let lineup = lineups[tenant.key] else { preconditionFailure("a cycle asks about the tenants it was given") }
    return TenantPolicies(lineup: lineup)
  }
}
