/// The contacts that wait, by tenant and reason.
package struct WaitingTally: Equatable, Sendable {
  /// Contacts of one tenant that wait for one reason.
  package struct Line: Equatable, Sendable {
    /// Whose contacts they are.
    package var tenant: TenantID
    /// In the words of the decision or of the core.
    package var reason: String
    /// How many wait for it; at least 1.
    package var contacts: Int

    /// Lines with the same tenant and reason must be joined by the caller.
    package init(tenant: TenantID, reason: String, contacts: Int) {
      (self.tenant, self.reason, self.contacts) = (tenant, reason, contacts)
    }
  }

  /// When they were counted: more rarely than all else, since that is a walk over all enrolments.
  package var at: Instant
  /// The most contacts first, then by tenant and reason.
  package var lines: [Line]

  /// Sorts the lines.
  package init(at: Instant, lines: [Line]) {
    self.at = at
    self.lines = lines.sorted { a, b in
      if a.contacts != b.contacts { return a.contacts > b.contacts }
      return a.tenant == b.tenant ? a.reason < b.reason : a.tenant < b.tenant
    }
  }

  /// Of one tenant, or of all with their reasons put together; the most contacts first.
  package func reasons(of tenant: TenantID?) -> [(reason: String, contacts: Int)] {
    if let tenant { return lines.filter { $0.tenant == tenant }.map { ($0.reason, $0.contacts) } }
    var sums: [String: Int] = [:]
    for line in lines { sums[line.reason, default: 0] += line.contacts }
    return sums.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }
}
