import Routing

/// Reports who waits, for what, and when they are served.
package struct WaitingQuery: Sendable {
  /// Nil for all tenants.
  package var tenant: TenantID?
  /// The time as of which the report is made; nil for now.
  package var moment: Instant?

  /// Without arguments: all tenants, as of now.
  package init(tenant: TenantID? = nil, moment: Instant? = nil) { (self.tenant, self.moment) = (tenant, moment) }

  /// `now` is used only without `moment`. Throws a `Problem` for a tenant that does not exist. Costs a walk over the waiting
  /// contacts; for a past time also what `ReportStore.overview` costs.
  package func run(_ store: any Store, at now: Instant) throws -> WaitingReport {
    if let tenant { try TenantLookup.expect(tenant, in: store) }
    if let moment {
      let overview = try store.overview(at: moment, stopwatch: { 0 })
      if overview.isPast { return past(overview) }
    }
    var report = WaitingReport(now: moment ?? now)
    try store.readHistory { snapshot in
      for tenant in try snapshot.tenants() where self.tenant == nil || tenant.id == self.tenant {
        let groups = try snapshot.waits(of: tenant.key)
        guard !groups.isEmpty else { continue }
        report.add(groups, of: tenant.id, try snapshot.fleet(of: tenant, at: report.now))
      }
    }
    return report
  }

  private func past(_ overview: StoreOverview) -> WaitingReport {
    var report = WaitingReport(now: overview.now)
    report.isPast = true
    for line in overview.devices { report.pastDevices[line.tenant, default: [:]][line.device.id] = line.device }
    report.tenantsWithoutWaits = overview.tenantsWithoutWaits.filter { tenant == nil || $0 == tenant }
    let waits = overview.knownWaiting.lines
    for tenant in overview.tenants where self.tenant == nil || tenant == self.tenant {
      let groups = waits.filter { $0.tenant == tenant }.map {
        WaitingGroup(waitlist: $0.waitlist, reason: $0.reason, code: $0.code, contacts: $0.contacts)
      }
      report.addPast(groups, of: tenant)
    }
    return report
  }
}
