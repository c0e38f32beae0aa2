/// What a cycle needs from a store. Every method is synchronous: the caller chooses the thread that waits for the disk.
///
/// Each method that writes is one transaction, or part of the transaction that `together` runs. In that transaction it
/// first compares `epoch` with the store's current one, so that a process that lost its leadership changes nothing
/// (`StoreError.leadershipLost`). See `Store` for the order of decisions and changes and for the growth of keys. Within a
/// batch, decisions are numbered in the order in which `decide` was called.
package protocol CycleStore: Sendable {
  /// Reads from one consistent snapshot, unaffected by concurrent writes. Must not be nested.
  func read<Result>(_ body: (any StoreSnapshot) throws -> Result) throws -> Result

  /// Runs `body` in one transaction, which commits everything that `body` writes through other methods of this store.
  /// Writes nothing if `body` throws. Reads inside `body` see the state before the transaction.
  func together<Result>(epoch: LeaderEpoch, _ body: () throws -> Result) throws -> Result

  /// Begins a generation of the tenant's policies after the generation `last` (0 for the first one), and records each new
  /// revision in it. Returns its number, `last` + 1. If the tenant's latest generation is not `last`, throws
  /// `StoreError.generationPassed` and writes nothing.
  func begin(
    _ draft: GenerationDraft, for tenant: TenantKey, after last: Int64, epoch: LeaderEpoch
  ) throws -> Int64

  /// Records the sources of policy files that were accepted or held. They replace all sources recorded before for the
  /// same policies.
  func recordTexts(_ texts: [PolicyText], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws

  /// Records why a policy file was refused, so that `usher policy list` can show it; nil clears the entry.
  func recordRefusal(
    _ refusal: String?, code: ReasonCode?, of policy: String, for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) throws

  /// Records why a valid policy file is not in use, for `usher policy list`; nil clears the entry.
  func recordHeld(
    _ reason: String?, code: ReasonCode?, of policy: String, for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch)
    throws

  /// Records that the changes up to number `change` were logged, so that no later process logs them again.
  func recordLogged(upTo change: Int64, epoch: LeaderEpoch) throws

  /// Replaces the tenant's recorded streaks with `streaks`.
  func recordStreaks(_ streaks: [PolicyStreak], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws

  /// Enrols up to `limit` leads of a tenant whose open triggers match an active sequence, oldest trigger first. Writes
  /// the enrolment with its first step due, the assignment with its history, and the consumed trigger together. Skips
  /// leads that opted out and triggers that wait. If a lead is already enrolled, only its trigger is consumed. Returns
  /// how many triggers were processed. Reads `isOver` after each trigger: if it is true, the batch ends and is committed.
  /// Throws `StoreError.generationPassed` if the tenant's latest generation is not `generation`; nil skips this check.
  func enrol(
    tenant: TenantKey, limit: Int, at now: Instant, generation: Int64?, epoch: LeaderEpoch, isOver: () -> Bool,
    choose: (Lead) throws -> EnrolmentChoice
  ) throws -> EnrolmentCounts

  /// Decides up to `limit` due steps of a tenant, longest due first (then by key), and commits decisions, messages,
  /// assignments and enrolments together. Steps of inactive sequences are not due.
  ///
  /// Calls `decider` once before reading the first step, and not at all if no step is due: a tenant without work costs
  /// one look-up. The decider's inputs are recorded with the first decision, once for all batches with the same inputs,
  /// and not at all without decisions. If the inputs belong to another generation than the tenant's latest, throws
  /// `StoreError.generationPassed` and writes nothing. Each step is prefetched some steps before it is decided. Reads the
  /// decider's `isOver` after each step: if it is true, the batch ends and is committed. A message's content must come
  /// from `ContentTemplate.render`.
  func decide(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, with decider: () throws -> any StepDecider
  ) throws -> DecidedBatch

  /// Makes the next waits of the tenant's open wake due at `now`, in its order, and moves its cursor past them. Handles at
  /// most `limit` waits, and at least one before it reads `isOver`. Returns the wake afterwards; nil if none is open.
  func wakeNext(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, isOver: () -> Bool
  ) throws -> Wake?

  /// A number that changes when another process has written to the store. Costs some microseconds.
  func changesByOthers() throws -> Int64

  /// Begins a wake for each tenant with a device whose pause ended by itself since the last call, in this process or an
  /// earlier one. Writes nothing if none did. Costs a look-up.
  func wakeAfterPauses(at now: Instant, epoch: LeaderEpoch) throws

  /// Begins a wake of all the tenant's waits; see `Wake`. Writes nothing if nothing waits.
  func beginWake(of tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws
}

extension CycleStore {
  /// For a simulation's store, whose policies are never listed.
  package func recordHeld(
    _ reason: String?, code: ReasonCode?, of policy: String, for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) throws {}

  /// For a simulation's store, which nobody else writes to.
  package func changesByOthers() throws -> Int64 { 0 }

  /// For a simulation's store, whose changes are never logged.
  package func recordLogged(upTo change: Int64, epoch: LeaderEpoch) throws {}

  /// Makes `revisions` the live ones, in this order, unless they already are; a canary or shadow continues. Returns the
  /// number of the tenant's latest generation.
  @discardableResult
  package func activate(
    _ revisions: [PolicyRevision], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) throws -> Int64 {
    let current = try read { try $0.generation(of: tenant) }
    var lineup = current?.lineup ?? PolicyLineup(live: [])
    if let current, lineup.live == revisions { return current.number }
    lineup.live = revisions
    let change = PolicyChange(at: now, actor: PolicyChange.program, action: .edit)
    return try begin(
      GenerationDraft(lineup: lineup, parameters: current?.parameters, change: change), for: tenant,
      after: current?.number ?? 0, epoch: epoch)
  }

  /// Enrols without checking the generation, up to the limit.
  package func enrol(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, choose: (Lead) throws -> EnrolmentChoice
  ) throws -> EnrolmentCounts {
    try enrol(
      tenant: tenant, limit: limit, at: now, generation: nil, epoch: epoch, isOver: { false }, choose: choose)
  }
}
