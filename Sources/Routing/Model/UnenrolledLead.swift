/// A lead that is in no sequence: what stands between it and being enrolled.
package struct UnenrolledLead: Equatable, Sendable {
  /// A trigger of the lead.
  package struct Trigger: Equatable, Sendable {
    /// The event; sequences start by it.
    package var name: String
    /// When it was used up, and what came of it; nil while it is open.
    package var consumedAt: Instant?
    /// Of a used one what came of it, of an open one why it waits.
    package var reason: String?
    /// When it is looked at next; nil at once.
    package var nextAt: Instant?
    /// The sequences that it starts, with what they are (`active`, `draft`, `paused`, `archived`); by name.
    package var sequences: [(id: String, status: String)]

    /// `consumedAt` nil describes an open trigger.
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

  /// Whose lead it is.
  package var tenant: TenantID
  /// The lead's external id.
  package var id: String
  /// When it asked not to be written to; nil if it did not. Such a lead's triggers stay open.
  package var optedOutAt: Instant?
  /// In the order in which they came.
  package var triggers: [Trigger]

  /// `triggers` must be oldest first.
  package init(tenant: TenantID, id: String, optedOutAt: Instant?, triggers: [Trigger]) {
    self.tenant = tenant
    self.id = id
    self.optedOutAt = optedOutAt
    self.triggers = triggers
  }
}
