/// A lead in no sequence, with what prevents its enrolment.
package struct UnenrolledLead: Equatable, Sendable {
  /// A trigger of the lead.
  package struct Trigger: Equatable, Sendable {
    /// The event that starts sequences.
    package var name: String
    /// When it was consumed; nil while it is open.
    package var consumedAt: Instant?
    /// For a consumed trigger its result, for an open one why it waits.
    package var reason: String?
    /// When it is processed next; nil for the next cycle.
    package var nextAt: Instant?
    /// The sequences that it starts, with their statuses (`active`, `draft`, `paused`, `archived`); sorted by name.
    package var sequences: [(id: String, status: String)]

    /// An open trigger has a nil `consumedAt`.
    package init(
      name: String, consumedAt: Instant?, reason: String?, nextAt: Instant?, sequences: [(id: String, status: String)]
    ) {
      self.name = name
      self.consumedAt = consumedAt
      self.reason = reason
      self.nextAt = nextAt
      self.sequences = sequences
    }

    package static func == (a: Trigger, b: Trigger) -> Bool {
      a.name == b.name && a.consumedAt == b.consumedAt && a.reason == b.reason && a.nextAt == b.nextAt
        && a.sequences.elementsEqual(b.sequences) { $0 == $1 }
    }
  }

  /// The lead's tenant.
  package var tenant: TenantID
  /// The lead's external id.
  package var id: String
  /// When the lead opted out; nil if it did not. The triggers of an opted-out lead stay open.
  package var optedOutAt: Instant?
  /// In order of arrival.
  package var triggers: [Trigger]

  /// `triggers` must be oldest first.
  package init(tenant: TenantID, id: String, optedOutAt: Instant?, triggers: [Trigger]) {
    self.tenant = tenant
    self.id = id
    self.optedOutAt = optedOutAt
    self.triggers = triggers
  }
}
