import Routing

/// Compares the device of each message with the assigned device of its contact.
package struct MismatchesQuery: Sendable {
  /// The default window, up to the last message: with it, the cost of a report does not grow with the history.
  package static let hours = 24
  /// The most messages of the default window. A window with more begins later.
  package static let messagesMax = 50_000

  /// Only messages created then or later; nil for the default window.
  package var since: Instant?
  /// Nil for all tenants.
  package var tenant: TenantID?
  /// The time as of which the report is made; nil for now.
  package var moment: Instant?

  /// Without arguments: the messages of the default window, of all tenants, as of now.
  package init(since: Instant? = nil, tenant: TenantID? = nil, moment: Instant? = nil) {
    (self.since, self.tenant, self.moment) = (since, tenant, moment)
  }

  /// Throws a `Problem` for a tenant that does not exist. Costs what `ReportStore.mismatches` costs. The report names the
  /// window that it covers.
  package func run(_ store: any Store) throws -> MismatchReport {
    if let tenant { try TenantLookup.expect(tenant, in: store) }
    let (since, window) = try window(store)
    var report = try store.mismatches(since: since, tenant: tenant, at: moment)
    (report.since, report.window) = (since, window)
    return report
  }

  private func window(_ store: any Store) throws -> (Instant?, MismatchReport.Window?) {
    if let since { return (since, .given) }
    guard let made = try store.lastMessages(MismatchesQuery.messagesMax) else { return (nil, nil) }
    let end = moment.map { min($0, made.last) } ?? made.last
    let start = end.advanced(bySeconds: -Int64(MismatchesQuery.hours) * 3600)
    let minute = Instant(milliseconds: start.milliseconds / 60_000 * 60_000)
    guard moment == nil, let oldest = made.oldest, oldest > minute else {
      return (minute, .hours(MismatchesQuery.hours))
    }
    return (oldest, .messages(MismatchesQuery.messagesMax))
  }
}

/// Reports on every device: whether it can accept more, and if not, why.
package struct DevicesQuery: Sendable {
  /// The time as of which the report is made; nil for now.
  package var moment: Instant?

  /// Without an argument: as of now.
  package init(moment: Instant? = nil) { self.moment = moment }

  /// The devices, and the holds in force at the same time.
  package struct Answer: Equatable, Sendable {
    /// Sorted by tenant and key.
    package var devices: DeviceReport
    /// The holds of all tenants.
    package var holds: [SendingHold]
  }

  /// `now` is used only without `moment`. Costs the same as `ReportStore.devices`.
  package func run(_ store: any Store, at now: Instant) throws -> Answer {
    let devices = try moment.map { try store.devices(at: $0) } ?? store.devicesNow(at: now)
    return Answer(devices: devices, holds: try store.holds(at: moment))
  }
}

/// Reports the progress of each sequence's contacts.
package struct SequencesQuery: Sendable {
  /// The time as of which the report is made; nil for now.
  package var moment: Instant?

  /// Without an argument: as of now.
  package init(moment: Instant? = nil) { self.moment = moment }

  /// Costs the same as `ReportStore.sequences`.
  package func run(_ store: any Store) throws -> SequenceReport {
    try moment.map { try store.sequences(at: $0) } ?? store.sequences()
  }
}

/// Checks every invariant of the store, over every row.
package struct IntegrityQuery: Sendable {
  /// The machine's time, to find recorded times that are ahead of it; nil to skip this check.
  package var now: Instant?

  /// Without an argument: all checks that do not depend on the clock.
  package init(now: Instant? = nil) { self.now = now }

  /// Violations are in the report; it throws only if the store cannot be read. Costs several walks over the whole store.
  package func run(_ store: any Store) throws -> IntegrityReport { try store.integrity(at: now) }
}
