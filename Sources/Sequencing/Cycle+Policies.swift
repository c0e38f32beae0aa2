import Policies
import Routing

/// What decides, brought up to date at the beginning of a cycle.
extension Cycle {
  /// The turns of all tenants; one whose policies another process changes at this moment waits for the next cycle.
  func bringUp(at now: Instant) throws -> [Turn] {
    let (tenants, changed) = try store.read { snapshot in
      (try snapshot.tenants(), try snapshot.generations(after: generations.seen))
    }
    generations.seen = changed.seen
    generations.last.merge(changed.last) { max($0, $1) }
    // What was found of the tenants before is said even when one of them fails.
    let turns = Result { try tenants.compactMap { try bringUp($0, at: now) } }
    try sayChanges()
    flush()
    return try turns.get()
  }

  private func bringUp(_ tenant: Tenant, at now: Instant) throws -> Turn? {
    let last = generations.last[tenant.key] ?? 0
    let standing = try board.standing(of: tenant, last: last) {
      try store.read { try KnownPolicies(of: tenant.key, in: $0) }
    }
    guard let generation = try record(standing, of: tenant, after: last, at: now) else { return nil }
    try recordFiles(standing, tenant: tenant, in: generation, at: now)
    try bringUpWatch(standing.lineup.deciding, tenant: tenant, at: now)
    return Turn(
      tenant: tenant, lineup: standing.lineup, generation: generation, watch: watches[tenant.key],
      shadowWatch: shadowWatch(standing.lineup.shadow, of: tenant.key))
  }

  /// Begins a generation when what decides is not the last one; gives back the number of the one that decides.
  private func record(
    _ standing: PolicyBoard.Standing, of tenant: Tenant, after last: Int64, at now: Instant
  ) throws -> Int64? {
    guard var draft = standing.draft else {
      if !standing.texts.isEmpty { try store.recordTexts(standing.texts, for: tenant.key, at: now, epoch: epoch) }
      return last
    }
    draft.change.at = now
    do {
      let begun = try store.begin(draft, for: tenant.key, after: last, epoch: epoch)
      generations.last[tenant.key] = begun
      hasBegun = true
      return begun
    } catch StoreError.generationPassed {
      found.append(.turnGivenUp(tenant: tenant.id))
      return nil
    }
  }

  private func shadowWatch(_ shadow: CompiledLineup.Trial?, of tenant: TenantKey) -> ShadowWatch? {
    guard let shadow else {
      shadowWatches[tenant] = nil
      return nil
    }
    if let watch = shadowWatches[tenant], watch.since == shadow.share.salt { return watch }
    let watch = ShadowWatch(since: shadow.share.salt)
    shadowWatches[tenant] = watch
    return watch
  }

  // MARK: - Files

  /// Puts on record, and says, which files are not what decides. Writes and says nothing of one that is as an earlier cycle,
  /// or an earlier process, found it.
  private func recordFiles(
    _ standing: PolicyBoard.Standing, tenant: Tenant, in generation: Int64, at now: Instant
  ) throws {
    if files[tenant.key]?.generation != generation {
      files[tenant.key] = (generation, try store.read { try $0.fileStates(of: tenant.key) })
    }
    let before = files[tenant.key]?.states ?? [:]
    if before.isEmpty, standing.refusals.isEmpty, standing.held.isEmpty { return }
    let after = standing.fileStates
    guard before != after else { return }
    for (policy, state) in before.sorted(by: { $0.key < $1.key }) where after[policy] != state {
      try clear(state, replacedBy: after[policy], of: policy, tenant, at: now)
    }
    for (policy, state) in after.sorted(by: { $0.key < $1.key }) where before[policy] != state {
      switch state {
      case .refused(let message):
        try store.recordRefusal(message, of: policy, for: tenant.key, at: now, epoch: epoch)
        let hasLastGood = standing.hasLastGood(policy, of: tenant)
        found.append(.policyRefused(tenant: tenant.id, policy: policy, message: message, hasLastGood: hasLastGood))
      case .held(let reason):
        try store.recordHeld(reason, of: policy, for: tenant.key, at: now, epoch: epoch)
        found.append(.fileHeld(tenant: tenant.id, policy: policy, reason: reason))
      }
    }
    files[tenant.key] = (generation, after)
  }

  /// Takes off the record what is not so any more. A refusal that another one replaces goes on.
  private func clear(
    _ state: PolicyFileState, replacedBy next: PolicyFileState?, of policy: String, _ tenant: Tenant, at now: Instant
  ) throws {
    switch (state, next) {
    case (.refused, .refused), (.held, .held): return
    case (.refused, _):
      try store.recordRefusal(nil, of: policy, for: tenant.key, at: now, epoch: epoch)
      found.append(.refusalEnded(tenant: tenant.id, policy: policy))
    case (.held, _):
      try store.recordHeld(nil, of: policy, for: tenant.key, at: now, epoch: epoch)
    }
  }

  // MARK: - Suspending

  private func bringUpWatch(_ policies: [CompiledPolicy], tenant: Tenant, at now: Instant) throws {
    let watch =
      try watches[tenant.key] ?? FaultWatch(store.read { try $0.streaks(of: tenant.key) }, limit: suspendAfter)
    for streak in watch.bringUp(policies) { found.append(.suspensionEnded(tenant: tenant.id, streak: streak)) }
    watches[tenant.key] = watch
    try recordStreaks(tenant, at: now)
  }

  func learn(_ revision: String, fault: String?, in turn: Turn, at now: Instant) {
    if let streak = turn.watch?.learn(revision, fault: fault, from: turn.lineup.deciding, at: now) {
      report(.policySuspended(tenant: turn.tenant.id, streak: streak))
    }
  }

  func recordStreaks(_ tenant: Tenant, at now: Instant) throws {
    guard let watch = watches[tenant.key], watch.isChanged else { return }
    try store.recordStreaks(watch.sorted, for: tenant.key, at: now, epoch: epoch)
    watch.wasRecorded()
  }
}

extension PolicyBoard.Standing {
  /// By the name that lists the policy or guard.
  fileprivate var fileStates: [String: PolicyFileState] {
    var states: [String: PolicyFileState] = [:]
    for file in held { states[file.policy] = .held(file.reason) }
    for refusal in refusals { states[refusal.policy] = .refused(refusal.message) }
    return states
  }

  /// Whether an earlier revision of a refused file is asked.
  fileprivate func hasLastGood(_ name: String, of tenant: Tenant) -> Bool {
    let listed = zip(tenant.policies, policies).first { $0.0 == name }?.1
    let policy = listed ?? lineup.guards.first { $0.file == name }
    return policy.map { !$0.isBroken } ?? false
  }
}
