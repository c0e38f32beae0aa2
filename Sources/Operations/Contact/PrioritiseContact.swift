import Routing

/// Moves a contact's queued message forward or back in its device's queue.
package struct PrioritiseContact {
  private let subject: ContactReference
  private let priority: Priority

  /// `priority`: the message's from now on; later steps keep their own.
  package init(_ subject: ContactReference, as priority: Priority) {
    (self.subject, self.priority) = (subject, priority)
  }

  /// Throws `tenantNotFound`, `contactNotFound`, and `stateConflict` if the contact has no queued message. The priority
  /// that the message has already changes nothing.
  package func run(on store: any OperatorStore, by note: OperatorNote) throws {
    try store.prioritiseContact(
      subject.contact, of: subject.tenant, as: priority, reason: note.reason, actor: note.actor, at: note.at)
  }
}
