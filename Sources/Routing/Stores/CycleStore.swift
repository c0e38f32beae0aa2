/// What a cycle needs of a store. Every method is synchronous: the caller decides on which thread it waits for the disk.
///
/// Each method that writes is one transaction, or a part of the one that `together` runs. Each compares `epoch` with the
/// store's current one first, in that transaction: a process that lost its leadership changes nothing
/// (`StoreError.leadershipLost`). See `Store` for the order of decisions and changes and for the growth of keys; the
/// numbers of a batch's decisions follow the order in which `decide` was called.
package protocol CycleStore: Sendable {
  /// Reads from one consistent snapshot, whatever is being written meanwhile. Must not be nested.
  func read<Result>(_ body: (any StoreSnapshot) throws -> Result) throws -> Result

  /// Runs `body` in one transaction and commits everything that it writes by other methods of this store; nothing if it
  /// throws. Reads inside `body` see the state before the transaction.
  func together<Result>(epoch: LeaderEpoch, _ body: () throws -> Result) throws -> Result

  /// Begins a generation of the tenant's policies after the one numbered `last`, 0 for the first, and records each
  /// revision of it that is new. Gives back its number, `last` + 1. Throws `StoreError.generationPassed`, and writes nothing, when
  /// the tenant's last generation is another one.
  func begin(
    _ draft: GenerationDraft, for tenant: TenantKey, after last: Int64, epoch: LeaderEpoch
  ) throws -> Int64

  /// Records texts of policy files that were dealt with: of each policy named, it and no other.
  func recordTexts(_ texts: [PolicyText], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws

  /// Records that a policy file was not taken, so that `usher policy list` can show it; nil clears what was there.
  func recordRefusal(
    _ refusal: String?, of policy: String, for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws

  /// Records why a policy file that passes is not what decides, for `usher policy list`; nil clears what was there.
  func recordHeld(_ reason: String?, of policy: String, for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch)
    throws

  /// Records that the change numbered `change`, and all before it, were logged: no later process logs them again.
  func recordLogged(upTo change: Int64, epoch: LeaderEpoch) throws

  /// Makes `streaks` the ones on record for the tenant: others are forgotten.
  func recordStreaks(_ streaks: [PolicyStreak], for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch) throws

  /// Enrols up to `limit` leads of a tenant whose unconsumed triggers match an active sequence, oldest trigger first:
  /// the enrolment with its first step due, the assignment with its history, and the consumed trigger together.
  /// A lead that opted out is left alone, as is a trigger that waits. A lead that is enrolled already has its trigger
  /// consumed and nothing else. Returns how many triggers were looked at. Throws `StoreError.generationPassed` when the
  /// tenant's last generation is not `generation`; nil asks for none.
  func enrol(
    tenant: TenantKey, limit: Int, at now: Instant, generation: Int64?, epoch: LeaderEpoch,
    choose: (Lead) throws -> EnrolmentChoice
  ) throws -> EnrolmentCounts

  /// Decides up to `limit` due steps of a tenant, the ones that are due longest first (then by key), and commits
  /// decisions, messages, assignments and enrolments together. Steps of sequences that are not active are not due.
  /// `decider` is called once, before the first step is read, and not at all when nothing is due: a tenant without work
  /// costs one look-up. Its inputs are recorded with the first decision, once for all batches on the same inputs; nothing
  /// is recorded when nothing is decided. Throws `StoreError.generationPassed`, and writes nothing, when the inputs are of
  /// another generation than the tenant's last. Each step is prefetched some places before it is decided. The content of a
  /// message is as `ContentTemplate.render` gives it.
  func decide(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, with decider: () throws -> any StepDecider
  ) throws -> DecidedBatch
}

extension CycleStore {
  /// For a store that nobody lists: a simulation's.
  package func recordHeld(
    _ reason: String?, of policy: String, for tenant: TenantKey, at now: Instant, epoch: LeaderEpoch
  ) throws {}

  /// For a store whose changes nobody logs: a simulation's.
  package func recordLogged(upTo change: Int64, epoch: LeaderEpoch) throws {}

  /// Makes `revisions` the live ones, in this order, unless they are: what is tried beside them goes on. Gives back the
  /// number of the tenant's last generation.
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

  /// Enrols whatever generation is the last.
  package func enrol(
    tenant: TenantKey, limit: Int, at now: Instant, epoch: LeaderEpoch, choose: (Lead) throws -> EnrolmentChoice
  ) throws -> EnrolmentCounts {
    try enrol(tenant: tenant, limit: limit, at: now, generation: nil, epoch: epoch, choose: choose)
  }
}
