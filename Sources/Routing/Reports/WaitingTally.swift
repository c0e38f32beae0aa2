/// The waiting contacts, by tenant and reason.
package struct WaitingTally: Equatable, Sendable {
  /// The contacts of one tenant that wait for the same reason.
  package struct Line: Equatable, Sendable {
    /// The contacts' tenant.
    package var tenant: TenantID
    /// The reason given by the decision or by the core.
    package var reason: String
    /// The code of the reason; nil if a script wrote it.
    package var code: ReasonCode?
    /// Their number; at least 1.
    package var contacts: Int

    /// The caller must merge lines with the same tenant and reason.
    package init(tenant: TenantID, reason: String, code: ReasonCode? = nil, contacts: Int) {
      (self.tenant, self.reason, self.code, self.contacts) = (tenant, reason, code, contacts)
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
      return (a.reason, a.code?.rawValue ?? "") < (b.reason, b.code?.rawValue ?? "")
    }
  }

  /// The reasons of one tenant, or of all tenants with equal reasons merged; most contacts first.
  package func reasons(of tenant: TenantID?) -> [(reason: String, contacts: Int)] {
    if let tenant { return lines.filter { $0.tenant == tenant }.map { ($0.reason, $0.contacts) } }
    var sums: [String: Int] = [:]
    for line in lines { sums[line.reason, default: 0] += line.contacts }
    return sums.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }
}
