/// The options of `MaintenanceStore.prune`.
package struct PruneOptions: Sendable {
  /// Prunes decisions made before this time.
  package var until: Instant
  /// Prunes only this tenant; nil for all.
  package var tenant: TenantID?
  /// The path of the archive file that receives the pruned records.
  package var archive: String
  /// The operator, for the audit.
  package var actor: Actor
  /// The operator's reason for the audit; nil if none was given.
  package var reason: String?
  /// When the pruning began; written to the archive and the audit.
  package var now: Instant
  /// Rows per transaction; the default takes some 20 ms.
  package var rowsMax = 1000

  /// All tenants unless one is named; 1000 rows per transaction.
  package init(
    until: Instant, tenant: TenantID? = nil, archive: String, actor: Actor, reason: String? = nil, now: Instant
  ) {
    (self.until, self.tenant, self.archive) = (until, tenant, archive)
    (self.actor, self.reason, self.now) = (actor, reason, now)
  }
}
