import Routing

/// Looks once at what goes on in a store: devices, decisions, waits, policies, holds.
package struct OverviewQuery: Sendable {
  /// The tenant that is going to be shown, which must exist; nil for all. The overview is of all tenants either way.
  package var tenant: TenantID?
  /// The time as of which to look; nil for now.
  package var moment: Instant?

  /// Without arguments: of all tenants, as of now.
  package init(tenant: TenantID? = nil, moment: Instant? = nil) { (self.tenant, self.moment) = (tenant, moment) }

  /// `watch` looks if no moment is asked for, and then looks again at a lower cost. `stopwatch` returns milliseconds of a clock
  /// that only goes forward.
  ///
  /// Throws a `Problem` with the code `tenantNotFound` and the nearest id for a tenant that the store does not have.
  package func run(
    _ store: any Store, _ watch: any StoreMonitoring, at now: Instant, stopwatch: @escaping () -> Double
  ) throws -> StoreOverview {
    let overview = try moment.map { try store.overview(at: $0, stopwatch: stopwatch) } ?? watch.look(at: now)
    if let tenant { try TenantLookup.expect(tenant, among: overview.tenants) }
    return overview
  }
}
