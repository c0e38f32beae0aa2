import Policies
import Routing
import Sequencing

/// Runs cycles and sends forward over a copy of a store's state, in memory, to predict the hours ahead.
///
/// The cycle is the daemon's own (`Cycle`), over a `SimulatedStore`. Times at which nothing can happen are skipped. The
/// result depends only on the state, the policies and the options.
package struct Simulation {
  /// The conditions of a run; the same options give the same report.
  package struct Options: Sendable {
    /// The time of the state and of the first cycle.
    package var start: Instant
    /// Whole hours from `start`; at least 1.
    package var hours: Int
    /// The time between two cycles.
    package var everyMilliseconds: Int64 = 60_000
    /// The time between two attempts to send.
    package var sendEveryMilliseconds: Int64 = 1000
    /// For the pauses between messages and the arriving leads.
    package var seed: UInt64 = 1
    /// In any order.
    package var incidents: [Incident] = []
    /// One entry for each rate of new leads.
    package var arrivals: [Arrivals] = []
    /// The least number of contacts that a revision must fail for to be suspended, as in a live cycle.
    package var suspendAfter = Cycle.suspendAfter

    /// By default a cycle every minute, sends every second, no incidents and no arrivals.
    package init(start: Instant, hours: Int) { (self.start, self.hours) = (start, hours) }

    /// The end of the run, `hours` after `start`.
    package var end: Instant { start.advanced(bySeconds: Int64(hours) * 3600) }
  }

  /// Samples of the loads per hour.
  package static let samplesPerHour = 12
  /// The maximum number of leads that may arrive in a run; each stays in memory.
  package static let arrivalsMax = 1_000_000
  /// How many leads of a tenant serve as models for arriving ones.
  package static let modelLeads = 1000

  private let options: Options
  private let state: SimulationState
  private let incidents: [PlannedIncident]
  private let streams: [ArrivalStream]

  /// Throws `SimulationError` for a device or a sequence that does not exist or whose name is ambiguous.
  package init(_ state: SimulationState, options: Options) throws(SimulationError) {
    (self.state, self.options) = (state, options)
    incidents = try SimulationPlan.incidents(options.incidents, in: state)
    streams = try SimulationPlan.streams(options, in: state)
  }

  /// Runs with policies that decide for every contact.
  package func run(
    _ name: String, policies: (Tenant) throws -> [CompiledPolicy], progress: (Int) -> Void = { _ in },
    observe: ((SimulationEvent) -> Void)? = nil
  ) throws -> SimulationReport {
    try run(name, lineup: { CompiledLineup(live: try policies($0)) }, progress: progress, observe: observe)
  }

  /// Runs with these policies, called `name` in the report. `observe` receives every decision and every message.
  package func run(
    _ name: String, lineup: (Tenant) throws -> CompiledLineup, progress: (Int) -> Void = { _ in },
    observe: ((SimulationEvent) -> Void)? = nil
  ) throws -> SimulationReport {
    var lineups: [TenantKey: CompiledLineup] = [:]
    for tenant in state.tenants { lineups[tenant.tenant.key] = try lineup(tenant.tenant).withoutShadow }
    let store = SimulatedStore(
      state, start: options.start, sendEveryMilliseconds: options.sendEveryMilliseconds, hours: options.hours,
      observe: observe)
    store.beginWakes(for: lineups)
    let cycle = Cycle(
      store: store, registry: FixedPolicies(lineups: lineups), epoch: LeaderEpoch(0), stopwatch: { 0 },
      suspendAfter: options.suspendAfter)
    var course = SimulationRun(options, incidents: incidents, streams: streams, store: store, cycle: cycle)
    return try course.run(name, openAtStart: store.tally.contacts, progress: progress)
  }
}

extension CompiledLineup {
  /// Whether decisions can differ from those of a recorded line-up. A shadow decides nothing.
  func decidesOtherwise(than recorded: PolicyLineup) -> Bool {
    let digests = { (policies: [CompiledPolicy]) in policies.map(\.revision.digest) }
    return digests(live) != recorded.live.map(\.digest) || digests(guards) != recorded.guards.map(\.digest)
      || canary?.share != recorded.canary?.share
      || digests(canary?.policies ?? []) != recorded.canary?.revisions.map(\.digest) ?? []
  }
}

/// Policies that do not change.
private struct FixedPolicies: PolicySource {
  let lineups: [TenantKey: CompiledLineup]

  func refresh(_ tenant: Tenant, last: Int64, known: () throws -> KnownPolicies) rethrows -> TenantPolicies {
    guard let lineup = lineups[tenant.key] else { preconditionFailure("a cycle uses only the tenants it was given") }
    return TenantPolicies(lineup: lineup)
  }
}
