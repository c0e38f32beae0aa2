/// Reads of one moment of a store.
package protocol StoreSnapshot {
  /// All tenants in the order of their keys.
  func tenants() throws -> [Tenant]

  /// The tenant's devices with their loads as of `now`.
  func fleet(of tenant: Tenant, at now: Instant) throws -> Fleet

  /// Visits the due steps that `CycleStore.decide` would decide, in its order, at most `limit` of them.
  func visitDue(tenant: TenantKey, limit: Int, at now: Instant, visit: (DueStep) throws -> Void) throws

  /// The tenant's last generation of policies; nil before the first cycle.
  func generation(of tenant: TenantKey) throws -> PolicyGeneration?

  /// The last generation of each tenant that had one begun after a change that was seen; 0 asks for all. Costs a look-up
  /// when there is none.
  func generations(after seen: Int64) throws -> PolicyGenerations

  /// The change that made the tenant's live policies what they are: later ones were about guards, a canary or a shadow.
  func liveChange(of tenant: TenantKey) throws -> PolicyChange?

  /// The last change that a process logged; 0 when none was.
  func lastLoggedChange() throws -> Int64

  /// Changes of what decides after the one numbered `last`, oldest first; of each tenant at most its last five.
  func lineupChanges(after last: Int64) throws -> [LineupChange]

  /// Files of the tenant's policies and guards that are not what decides, by the name that lists them.
  func fileStates(of tenant: TenantKey) throws -> [String: PolicyFileState]

  /// Whether the process that leads takes edited files by itself, or waits for an operator to activate them.
  func isPinned() throws -> Bool

  /// The texts of policy files that were dealt with, by policy.
  func texts(of tenant: TenantKey) throws -> [PolicyText]

  /// What the sides of the tenant's canary came to in a generation.
  func canaryTallies(of tenant: TenantKey, in generation: Int64) throws -> CanaryTallies

  /// The revisions of the tenant that failed when they were asked last, by policy.
  func streaks(of tenant: TenantKey) throws -> [PolicyStreak]
}

extension StoreSnapshot {
  /// For a state whose policies are settled beforehand: a simulation's. So are the three below.
  package func liveChange(of tenant: TenantKey) throws -> PolicyChange? { try generation(of: tenant)?.change }
  /// No change is logged in such a state.
  package func lastLoggedChange() throws -> Int64 { 0 }
  /// Nothing changes in such a state.
  package func lineupChanges(after last: Int64) throws -> [LineupChange] { [] }
  /// Every file is what decides in such a state.
  package func fileStates(of tenant: TenantKey) throws -> [String: PolicyFileState] { [:] }

  /// The revisions that decide for the tenant, in the order in which they are asked; empty before the first cycle.
  package func activeRevisions(of tenant: TenantKey) throws -> [PolicyRevision] {
    try generation(of: tenant)?.lineup.live ?? []
  }
}
