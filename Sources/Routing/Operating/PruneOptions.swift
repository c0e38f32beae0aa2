/// What `MaintenanceStore.prune` is to do.
package struct PruneOptions: Sendable {
  /// Decided before this moment.
  package var until: Instant
  /// One tenant alone.
  package var tenant: TenantID?
  /// The path of the file that what is pruned goes to.
  package var archive: String
  /// For the audit.
  package var actor: Actor
  package var reason: String?
  package var now: Instant
  /// Rows of one transaction; the default takes some 20 ms.
  package var rowsMax = 1000

  package init(
    until: Instant, tenant: TenantID? = nil, archive: String, actor: Actor, reason: String? = nil, now: Instant
  ) {
    (self.until, self.tenant, self.archive) = (until, tenant, archive)
    (self.actor, self.reason, self.now) = (actor, reason, now)
  }
}
