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
    /// How many contacts the whole waitlist serves in an hour; of a waitlist with bulk contacts and others, how many of the
    /// others. Nil if no limit bounds its devices, without an estimate, and as for `first`.
    package var perHour: Double?
    /// For a waitlist with bulk contacts and others: how many bulk contacts it serves in an hour. Otherwise nil.
    package var bulkPerHour: Double?

    /// Without forecasts.
    package init(tenant: TenantID, group: WaitingGroup) { (self.tenant, self.group) = (tenant, group) }
  }

  /// The time of the report.
  package var now: Instant
  /// By tenant in the order of creation, then most contacts first.
  package var lines: [Line] = []
  /// The fleets of the tenants in `lines`, for the names of devices; empty for a past time.
  package var fleets: [TenantID: Fleet] = [:]
  /// The devices of a past time, for their names; empty for the present.
  package var pastDevices: [TenantID: [DeviceID: Device]] = [:]
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
    var lists: [Waitlist: [Priority: Int]] = [:]
    for group in groups {
      if let waitlist = group.waitlist { lists[waitlist, default: [:]].merge(group.served, uniquingKeysWith: +) }
    }
    let known = Dictionary(uniqueKeysWithValues: lists.map { ($0, Forecasts($1, of: $0, in: fleet)) })
    lines += WaitingReport.sorted(groups).map { group in
      var line = Line(tenant: tenant, group: group)
      guard let forecasts = group.waitlist.flatMap({ known[$0] }) else { return line }
      (line.first, line.last) = (forecasts.first, forecasts.last)
      (line.perHour, line.bulkPerHour) = (forecasts.perHour, forecasts.bulkPerHour)
      return line
    }
  }

  /// The forecasts of a whole waitlist.
  private struct Forecasts {
    let first: WaitlistForecast
    let last: WaitlistForecast
    let perHour: Double?
    let bulkPerHour: Double?

    /// `served`: its contacts that are served in their turn.
    init(_ served: [Priority: Int], of waitlist: Waitlist, in fleet: Fleet) {
      func forecast(_ position: Int, _ priority: Priority) -> WaitlistForecast {
        WaitlistForecast(of: WaitlistPlace(waitlist: waitlist, position: position, priority: priority), in: fleet)
      }
      let present = served.filter { $0.value > 0 }
      guard let (most, least) = present.keys.min().flatMap({ most in present.keys.max().map { (most, $0) } }) else {
        first = WaitlistForecast(obstacle: .inactiveSequences)
        (last, perHour, bulkPerHour) = (first, nil, nil)
        return
      }
      let count = present.values.reduce(0, +)
      (first, last) = (forecast(1, most), forecast(count, least))
      let others = count - (present[.bulk] ?? 0)
      let isMixed = others > 0 && others < count
      perHour = isMixed ? forecast(others, .normal).perHour : last.perHour
      bulkPerHour = isMixed ? last.perHour : nil
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
