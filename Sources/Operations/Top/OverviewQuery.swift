import Routing

/// Reads the current state of a store once: devices, decisions, waits, policies, holds.
package struct OverviewQuery: Sendable {
  /// The tenant that will be shown, which must exist; nil for all. The overview covers all tenants in either case.
  package var tenant: TenantID?
  /// The time as of which to read; nil for now.
  package var moment: Instant?

  /// Without arguments: of all tenants, as of now.
  package init(tenant: TenantID? = nil, moment: Instant? = nil) { (self.tenant, self.moment) = (tenant, moment) }

  /// `watch` reads the present, repeatedly at a lower cost; it is not used with `moment`. `stopwatch` returns milliseconds of a
  /// clock that only goes forward.
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
