/// Reads a store at one point in time.
package protocol StoreSnapshot {
  /// All tenants in the order of their keys.
  func tenants() throws -> [Tenant]

  /// The tenant's devices with their loads as of `now`.
  func fleet(of tenant: Tenant, at now: Instant) throws -> Fleet

  /// Visits the due steps that `CycleStore.decide` would decide, in its order, at most `limit` of them.
  func visitDue(tenant: TenantKey, limit: Int, at now: Instant, visit: (DueStep) throws -> Void) throws

  /// The contacts that a cycle would decide if every wait ended at `now`, at most `limit`: first the waiting ones in the
  /// order of the waitlists, then the due steps in the order of `CycleStore.decide`. Without inactive sequences. Reads keys
  /// and times only.
  func turns(of tenant: TenantKey, limit: Int, at now: Instant) throws -> [DecisionTurn]

  /// All waitlists of the tenant, with contacts or without.
  func waitlists(of tenant: TenantKey) throws -> [StoredWaitlist]

  /// Reads the steps of `turns`, one a call. It returns nil for a row that `CycleStore.decide` would not decide: an
  /// unreadable one, or a step with a message.
  func stepReader(at now: Instant) throws -> (EnrolmentKey) throws -> DueStep?

  /// The tenant's latest generation; nil before the first cycle.
  func generation(of tenant: TenantKey) throws -> PolicyGeneration?

  /// The latest generation of each tenant that had one begun after the change `seen`; 0 selects all tenants. Costs one
  /// look-up if there is none.
  func generations(after seen: Int64) throws -> PolicyGenerations

  /// The change that set the tenant's current live policies. Later changes concern guards, a canary or a shadow.
  func liveChange(of tenant: TenantKey) throws -> PolicyChange?

  /// The last change that a process logged; 0 if none was.
  func lastLoggedChange() throws -> Int64

  /// Changes of policies after the one numbered `last`, oldest first; at most the last five of each tenant.
  func lineupChanges(after last: Int64) throws -> [LineupChange]

  /// The files of the tenant's policies and guards that are not in use, by the name in the list.
  func fileStates(of tenant: TenantKey) throws -> [String: PolicyFileState]

  /// Whether the leading process waits for an operator to activate edited files, instead of applying them automatically.
  func isPinned() throws -> Bool

  /// The sources of policy files that were accepted or held, by policy.
  func texts(of tenant: TenantKey) throws -> [PolicyText]

  /// The tallies of both sides of the tenant's canary in a generation.
  func canaryTallies(of tenant: TenantKey, in generation: Int64) throws -> CanaryTallies

  /// The tenant's revisions with faults among their last answers, by policy.
  func streaks(of tenant: TenantKey) throws -> [PolicyStreak]

  /// How often a probe of the tenant's suspended revisions was requested; 0 if none is suspended.
  func probeRequests(of tenant: TenantKey) throws -> Int

  /// The number of tenants with due steps. Costs one look-up for each tenant.
  func busyTenants(at now: Instant) throws -> Int

  /// The latest wake of each tenant that had one, open or ended. With `onlyOpen` costs nothing if none is open.
  func wakes(onlyOpen: Bool) throws -> [TenantKey: Wake]
}

extension StoreSnapshot {
  /// Dry runs do not read simulations; so for the two below.
  package func turns(of tenant: TenantKey, limit: Int, at now: Instant) throws -> [DecisionTurn] { [] }
  /// See `turns`.
  package func waitlists(of tenant: TenantKey) throws -> [StoredWaitlist] { [] }
  /// See `turns`.
  package func stepReader(at now: Instant) throws -> (EnrolmentKey) throws -> DueStep? { { _ in nil } }
  /// For a simulation, whose policies are fixed from the start; so are the three below.
  package func liveChange(of tenant: TenantKey) throws -> PolicyChange? { try generation(of: tenant)?.change }
  /// A simulation logs no changes.
  package func lastLoggedChange() throws -> Int64 { 0 }
  /// A simulation's policies do not change.
  package func lineupChanges(after last: Int64) throws -> [LineupChange] { [] }
  /// Nobody requests a probe in a simulation.
  package func probeRequests(of tenant: TenantKey) throws -> Int { 0 }
  /// A simulation has no budget of time.
  package func busyTenants(at now: Instant) throws -> Int { 0 }
  /// In a simulation every file is in use.
  package func fileStates(of tenant: TenantKey) throws -> [String: PolicyFileState] { [:] }

  /// The tenant's live revisions in evaluation order; empty before the first cycle.
  package func activeRevisions(of tenant: TenantKey) throws -> [PolicyRevision] {
    try generation(of: tenant)?.lineup.live ?? []
  }
}
