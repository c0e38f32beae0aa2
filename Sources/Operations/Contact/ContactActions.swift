import Routing

/// A contact of a tenant.
package struct ContactReference: Equatable, Sendable {
  /// The id, as `SEQUENCE/LEAD`; need not exist.
  package let contact: ContactID
  /// The tenant that it is looked up in.
  package let tenant: TenantID

  /// Neither has to exist: actions throw `contactNotFound` and `tenantNotFound`.
  package init(_ contact: ContactID, of tenant: TenantID) { (self.contact, self.tenant) = (contact, tenant) }
}

/// Reads a contact's state, with its last 50 decisions.
package struct ContactQuery {
  private let subject: ContactReference

  /// `subject`: looked up when the action runs.
  package init(_ subject: ContactReference) { self.subject = subject }

  /// Throws `tenantNotFound` and `contactNotFound`. Costs a walk over the contact's assignments.
  package func run(on store: any HistoryStore) throws -> ContactDetails {
    try store.contact(subject.contact, of: subject.tenant)
  }
}

/// Assigns a contact to another device; a message that is still queued moves along.
package struct ReassignContact {
  private let subject: ContactReference
  private let device: DeviceID

  /// `device`: one of the same tenant.
  package init(_ subject: ContactReference, to device: DeviceID) { (self.subject, self.device) = (subject, device) }

  /// Throws `tenantNotFound`, `contactNotFound`, `deviceNotFound`, and `stateConflict` for a contact that is completed or
  /// cancelled, or while its message is being sent.
  package func run(on store: any OperatorStore, by note: OperatorNote) throws {
    try store.reassignContact(
      subject.contact, of: subject.tenant, to: device, reason: note.reason, actor: note.actor, at: note.at)
  }
}

/// Sends a failed message, or one whose result is unknown, again. The latter can arrive twice.
package struct RetryContact {
  private let subject: ContactReference

  /// `subject`: looked up when the action runs.
  package init(_ subject: ContactReference) { self.subject = subject }

  /// Throws `tenantNotFound`, `contactNotFound`, and `stateConflict` if there is no such message, the lead opted out, or no
  /// device in service is assigned.
  package func run(on store: any OperatorStore, by note: OperatorNote) throws {
    try store.retryContact(subject.contact, of: subject.tenant, reason: note.reason, actor: note.actor, at: note.at)
  }
}

/// Never writes to a lead again, and cancels what waits for it. Doing it twice changes nothing more.
package struct OptOutLead {
  private let who: String
  private let tenant: TenantID

  /// `who`: a lead's id, a phone number or a contact's id, looked up in this order.
  package init(_ who: String, of tenant: TenantID) { (self.who, self.tenant) = (who, tenant) }

  /// Throws `tenantNotFound` and `leadNotFound`. A message that is being sent cannot be stopped.
  package func run(on store: any OperatorStore, by note: OperatorNote) throws -> OptOutResult {
    try store.optOut(who, of: tenant, reason: note.reason, actor: note.actor, at: note.at)
  }
}
