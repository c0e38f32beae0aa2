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
  /// The operator's words for the audit; nil when none were given.
  package var reason: String?
  /// When the pruning began, as archive and audit say.
  package var now: Instant
  /// Rows of one transaction; the default takes some 20 ms.
  package var rowsMax = 1000

  /// All tenants unless one is named, with 1000 rows in a transaction.
  package init(
    until: Instant, tenant: TenantID? = nil, archive: String, actor: Actor, reason: String? = nil, now: Instant
  ) {
    (self.until, self.tenant, self.archive) = (until, tenant, archive)
    (self.actor, self.reason, self.now) = (actor, reason, now)
  }
}
