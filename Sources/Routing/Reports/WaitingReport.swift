/// Who waits, for what, and when they are served, at one time.
package struct WaitingReport: Sendable {
  /// A group of waiting contacts with its forecast.
  package struct Line: Equatable, Sendable {
    /// The contacts' tenant.
    package var tenant: TenantID
    /// The contacts.
    package var group: WaitingGroup
    /// When the first contact of the whole waitlist is served; nil for a wait without one, and for a past time.
    package var first: WaitlistForecast?
    /// When the last contact of the whole waitlist is served; nil as for `first`.
    package var last: WaitlistForecast?

    /// Without forecasts.
    package init(tenant: TenantID, group: WaitingGroup) { (self.tenant, self.group) = (tenant, group) }
  }

  /// The time of the report.
  package var now: Instant
  /// By tenant in the order of creation, then most contacts first.
  package var lines: [Line] = []
  /// The fleets of the tenants in `lines`, for the names of devices; empty for a past time.
  package var fleets: [TenantID: Fleet] = [:]
  /// Whether it describes an earlier time and was built from the record, which has no due times and no estimates.
  package var isPast = false
  /// Tenants whose waits at that time were archived.
  package var tenantsWithoutWaits: Set<TenantID> = []

  /// Without lines.
  package init(now: Instant) { self.now = now }

  /// Adds the groups of a tenant, with forecasts for its fleet as of `now`.
  package mutating func add(_ groups: [WaitingGroup], of tenant: TenantID, _ fleet: Fleet) {
    guard !groups.isEmpty else { return }
    fleets[tenant] = fleet
    var lists: [Waitlist: (contacts: Int, priorities: ClosedRange<Priority>)] = [:]
    for group in groups {
      guard let waitlist = group.waitlist else { continue }
      let so = lists[waitlist] ?? (0, group.priorities)
      let (most, least) = (
        min(so.priorities.lowerBound, group.priorities.lowerBound),
        max(so.priorities.upperBound, group.priorities.upperBound)
      )
      lists[waitlist] = (so.contacts + group.contacts, most...least)
    }
    let forecasts = lists.map { waitlist, list in
      let first = WaitlistPlace(waitlist: waitlist, position: 1, priority: list.priorities.lowerBound)
      let last = WaitlistPlace(waitlist: waitlist, position: list.contacts, priority: list.priorities.upperBound)
      return (waitlist, (WaitlistForecast(of: first, in: fleet), WaitlistForecast(of: last, in: fleet)))
    }
    let known = Dictionary(uniqueKeysWithValues: forecasts)
    lines += WaitingReport.sorted(groups).map { group in
      var line = Line(tenant: tenant, group: group)
      if let waitlist = group.waitlist, let forecast = known[waitlist] { (line.first, line.last) = forecast }
      return line
    }
  }

  /// Adds the groups of a tenant at a past time.
  package mutating func addPast(_ groups: [WaitingGroup], of tenant: TenantID) {
    lines += WaitingReport.sorted(groups).map { Line(tenant: tenant, group: $0) }
  }

  private static func sorted(_ groups: [WaitingGroup]) -> [WaitingGroup] {
    groups.sorted { a, b in
      if a.contacts != b.contacts { return a.contacts > b.contacts }
      return (a.waitlist?.text() ?? "", a.reason, a.code?.rawValue ?? "")
        < (b.waitlist?.text() ?? "", b.reason, b.code?.rawValue ?? "")
    }
  }
}
