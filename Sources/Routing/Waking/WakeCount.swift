/// How many waits of a tenant a filter selects, or a command made due.
package struct WakeCount: Equatable, Sendable {
  /// The tenant that the contacts belong to.
  package var tenant: TenantID
  /// Contacts, not counting those that were due already.
  package var count: Int

  /// `count` is at least 0.
  package init(tenant: TenantID, count: Int) { (self.tenant, self.count) = (tenant, count) }
}
