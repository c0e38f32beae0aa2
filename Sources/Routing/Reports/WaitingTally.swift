/// The waiting contacts, by tenant, reason and waitlist.
package struct WaitingTally: Equatable, Sendable {
  /// The contacts of one tenant that wait for the same reason, on the same waitlist or on none.
  package struct Line: Equatable, Sendable {
    /// The contacts' tenant.
    package var tenant: TenantID
    /// The reason given by the decision or by the core; of a fault without its cause, see `Fault.withoutCause`.
    package var reason: String
    /// The code of the reason; nil if a script wrote it.
    package var code: ReasonCode?
    /// What they wait for; nil for waits that only end at a time.
    package var waitlist: Waitlist?
    /// Their number; at least 1.
    package var contacts: Int

    /// The caller must merge lines with the same tenant, reason and waitlist.
    package init(
      tenant: TenantID, reason: String, code: ReasonCode? = nil, waitlist: Waitlist? = nil, contacts: Int
    ) {
      (self.tenant, self.reason, self.code, self.contacts) = (tenant, reason, code, contacts)
      self.waitlist = waitlist
    }
  }

  /// When they were counted. Counted less often than the rest, because it walks all enrolments.
  package var at: Instant
  /// Most contacts first, then by tenant and reason.
  package var lines: [Line]

  /// Sorts the lines.
  package init(at: Instant, lines: [Line]) {
    self.at = at
    self.lines = lines.sorted { a, b in
      if a.contacts != b.contacts { return a.contacts > b.contacts }
      if a.tenant != b.tenant { return a.tenant < b.tenant }
      return (a.reason, a.code?.rawValue ?? "", a.waitlist?.text() ?? "")
        < (b.reason, b.code?.rawValue ?? "", b.waitlist?.text() ?? "")
    }
  }

  /// The reasons of one tenant, or of all tenants with equal reasons merged; most contacts first.
  package func reasons(of tenant: TenantID?) -> [(reason: String, contacts: Int)] {
    sums(of: tenant, \.reason).map { ($0, $1) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  /// The waitlists of one tenant, or of all, with their contacts; most contacts first, then by tenant.
  package func waitlists(of tenant: TenantID?) -> [(tenant: TenantID, waitlist: Waitlist, contacts: Int)] {
    let sums = sums(of: tenant) { line in line.waitlist.map { Place(tenant: line.tenant, waitlist: $0) } }
    return sums.compactMap { place, contacts in place.map { ($0.tenant, $0.waitlist, contacts) } }
      .sorted { a, b in
        if a.2 != b.2 { return a.2 > b.2 }
        return (a.0, a.1.text()) < (b.0, b.1.text())
      }
  }

  /// How many contacts stand on the waitlist of each device.
  package var ofDevices: [TenantID: [DeviceID: Int]] {
    var counts: [TenantID: [DeviceID: Int]] = [:]
    for case (let tenant, .device(let device), let contacts) in waitlists(of: nil) {
      counts[tenant, default: [:]][device, default: 0] += contacts
    }
    return counts
  }

  private struct Place: Hashable { let tenant: TenantID, waitlist: Waitlist }

  private func sums<Key: Hashable>(of tenant: TenantID?, _ key: (Line) -> Key) -> [Key: Int] {
    var sums: [Key: Int] = [:]
    for line in lines where tenant == nil || line.tenant == tenant { sums[key(line), default: 0] += line.contacts }
    return sums
  }
}
