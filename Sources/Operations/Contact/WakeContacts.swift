import Routing

/// Makes waiting contacts due at once, so that the next cycle decides them again. Ends their faults in a row, and requests a
/// probe of the tenant's suspended policies.
package struct WakeContacts {
  /// What needs a reason, for errors.
  package static let action = "waking contacts by a filter"

  private enum Choice {
    case ids([ContactID], TenantID)
    case filter(RowFilter, text: String, TenantScope)
  }

  private let choice: Choice

  /// These contacts of one tenant.
  package init(_ ids: [ContactID], of tenant: TenantID) { choice = .ids(ids, tenant) }

  /// The waiting contacts that match a filter. Throws `invalidInput` for a text that is not one.
  package init(matching filter: String, in scope: TenantScope) throws {
    choice = .filter(try FilterParser.parse(filter, of: .contact), text: filter, scope)
  }

  /// Returns how many contacts were made due, by tenant; those that were due already are not counted.
  ///
  /// Throws `tenantNotFound`, `contactNotFound`, and `stateConflict` for a contact that does not wait; with a filter
  /// `reasonRequired`, and `consentRequired` if contacts of several tenants match without consent. Then nothing is
  /// changed. A filter is applied in short transactions, so that a process that runs on the store is not delayed.
  package func run(on store: any OperatorStore, by note: OperatorNote) throws -> [WakeCount] {
    switch choice {
    case .ids(let ids, let tenant):
      let count = try store.wakeContacts(ids, of: tenant, reason: note.reason, actor: note.actor, at: note.at)
      return [WakeCount(tenant: tenant, count: count)]
    case .filter(let filter, let text, let scope):
      let reason = try note.expectReason(for: WakeContacts.action)
      let found = try store.countWaits(matching: filter, of: scope.tenant, at: note.at)
      try scope.expectConsent(toChange: found.map(\.tenant), reason: note.reason)
      return try found.map { tenant in
        let count = try store.wakeContacts(
          matching: filter, text: text, count: tenant.count, of: tenant.tenant, reason: reason, actor: note.actor,
          at: note.at)
        return WakeCount(tenant: tenant.tenant, count: count)
      }
    }
  }
}
