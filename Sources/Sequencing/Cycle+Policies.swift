import Policies
import Routing

/// Updates the policies at the beginning of a cycle.
extension Cycle {
  /// The most generations that a tenant's edited files begin in one cycle. A tenant whose files change more often while
  /// they are read waits for the next cycle.
  private static let generationsAtOnce = 8

  /// The runs of all tenants. A tenant whose policies another process changes at the same time waits for the next cycle.
  func bringUp(at now: Instant) throws -> [TenantRun] {
    let (tenants, changed) = try store.read { snapshot in
      (try snapshot.tenants(), try snapshot.generations(after: generations.seen))
    }
    generations.seen = changed.seen
    generations.last.merge(changed.last) { max($0, $1) }
    // Findings about earlier tenants are reported even if a later tenant fails.
    var findings = PolicyFindings()
    let runs = Result { try tenants.compactMap { clock.shouldStop() ? nil : try bringUp($0, at: now, &findings) } }
    let recorded = Result { try recordFiles(findings.fileChanges, at: now) }
    try logChanges(hasBegun: findings.hasBegun, then: findings.events + ((try? recorded.get()) ?? []))
    _ = try recorded.get()
    return try runs.get()
  }

  /// Findings about the tenants' policies, to be recorded and reported after all tenants were checked.
  private struct PolicyFindings {
    var events: [Event] = []
    var fileChanges: [FileChange] = []
    /// Whether a generation began.
    var hasBegun = false
  }

  private func bringUp(_ tenant: Tenant, at now: Instant, _ findings: inout PolicyFindings) throws -> TenantRun? {
    let last = generations.last[tenant.key] ?? 0
    var generation = last
    let known = { try self.store.read { try KnownPolicies(of: tenant.key, in: $0) } }
    var current = try registry.refresh(tenant, last: generation, known: known)
    // After a generation began, the policies are refreshed from the record: if the store already has a revision under
    // another digest, the policy uses that digest from its first decision on. Files are read then too, and an edit made
    // in the meantime begins the next generation, so that every decision uses what is on record.
    for _ in 0..<Cycle.generationsAtOnce {
      guard let proposal = current.proposal else { break }
      guard let begun = try begin(proposal, of: tenant, after: generation, at: now, &findings) else { return nil }
      generation = begun
      current = try registry.refresh(tenant, last: generation, known: known)
    }
    guard current.proposal == nil else {
      findings.events.append(.tenantGivenUp(tenant: tenant.id))
      return nil
    }
    if !current.texts.isEmpty { findings.fileChanges.append(.texts(current.texts, of: tenant.key)) }
    if let change = try fileChange(current, tenant: tenant, in: generation) { findings.fileChanges.append(change) }
    let lineup = current.lineup
    let ended = try bringUpWatch(lineup.deciding, of: tenant.key, at: now)
    // A revision that is used again has no new generation; its contacts wait for the end of the suspension.
    if !ended.isEmpty, generation == last { try store.beginWake(of: tenant.key, at: now, epoch: epoch) }
    findings.events += ended.map { Event.suspensionEnded(tenant: tenant.id, streak: $0) }
    try recordStreaks(tenant, at: now)
    return TenantRun(
      tenant: tenant, lineup: lineup, generation: generation, watch: watches[tenant.key],
      shadowWatch: shadowWatch(lineup.shadow, of: tenant.key))
  }

  /// Begins the proposed generation. Returns its number; nil if another process changed the tenant's policies.
  private func begin(
    _ proposal: GenerationProposal, of tenant: Tenant, after last: Int64, at now: Instant,
    _ findings: inout PolicyFindings
  ) throws -> Int64? {
    do {
      let begun = try store.begin(proposal.draft(at: now), for: tenant.key, after: last, epoch: epoch)
      generations.last[tenant.key] = begun
      findings.hasBegun = true
      return begun
    } catch StoreError.generationPassed {
      findings.events.append(.tenantGivenUp(tenant: tenant.id))
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

  /// A change to record about a tenant's files.
  enum FileChange {
    case texts([PolicyText], of: TenantKey)
    case states(tenant: Tenant, generation: Int64, after: [String: PolicyFileState], lastGood: Set<String>)
  }

  /// The files that are not in use; nil if they are the same as in an earlier cycle or process.
  private func fileChange(
    _ current: TenantPolicies, tenant: Tenant, in generation: Int64
  ) throws -> FileChange? {
    if files[tenant.key]?.generation != generation {
      files[tenant.key] = (generation, try store.read { try $0.fileStates(of: tenant.key) })
    }
    let before = files[tenant.key]?.states ?? [:]
    if before.isEmpty, current.refusals.isEmpty, current.held.isEmpty { return nil }
    let after = current.fileStates
    guard before != after else { return nil }
    let lastGood = Set(current.refusals.map(\.policy).filter { current.hasLastGood($0, of: tenant) })
    return .states(tenant: tenant, generation: generation, after: after, lastGood: lastGood)
  }

  /// Records the changes of all tenants' files in one transaction. Returns the events to report.
  private func recordFiles(_ changes: [FileChange], at now: Instant) throws -> [Event] {
    guard !changes.isEmpty else { return [] }
    let events = try store.together(epoch: epoch) { try changes.flatMap { try record($0, at: now) } }
    for case .states(let tenant, let generation, let after, _) in changes { files[tenant.key] = (generation, after) }
    return events
  }

  private func record(_ change: FileChange, at now: Instant) throws -> [Event] {
    switch change {
    case .texts(let texts, let tenant):
      try store.recordTexts(texts, for: tenant, at: now, epoch: epoch)
      return []
    case .states(let tenant, _, let after, let lastGood):
      let before = files[tenant.key]?.states ?? [:]
      var events: [Event] = []
      for (policy, state) in before.sorted(by: { $0.key < $1.key }) where after[policy] != state {
        if let event = try clear(state, replacedBy: after[policy], of: policy, tenant, at: now) { events.append(event) }
      }
      for (policy, state) in after.sorted(by: { $0.key < $1.key }) where before[policy] != state {
        events.append(try record(state, of: policy, tenant, hasLastGood: lastGood.contains(policy), at: now))
      }
      return events
    }
  }

  private func record(
    _ state: PolicyFileState, of policy: String, _ tenant: Tenant, hasLastGood: Bool, at now: Instant
  ) throws -> Event {
    switch state {
    case .refused(let message, let code):
      try store.recordRefusal(message, code: code, of: policy, for: tenant.key, at: now, epoch: epoch)
      return .policyRefused(tenant: tenant.id, policy: policy, message: message, hasLastGood: hasLastGood)
    case .held(let reason, let code):
      try store.recordHeld(reason, code: code, of: policy, for: tenant.key, at: now, epoch: epoch)
      return .fileHeld(tenant: tenant.id, policy: policy, reason: reason)
    }
  }

  /// Clears the record of a state that has ended. A refusal replaced by another refusal does not end.
  private func clear(
    _ state: PolicyFileState, replacedBy next: PolicyFileState?, of policy: String, _ tenant: Tenant, at now: Instant
  ) throws -> Event? {
    switch (state, next) {
    case (.refused, .refused), (.held, .held): return nil
    case (.refused, _):
      try store.recordRefusal(nil, code: nil, of: policy, for: tenant.key, at: now, epoch: epoch)
      return .refusalEnded(tenant: tenant.id, policy: policy)
    case (.held, _):
      try store.recordHeld(nil, code: nil, of: policy, for: tenant.key, at: now, epoch: epoch)
      return nil
    }
  }

  // MARK: - Suspending

  /// Returns the suspensions that ended.
  private func bringUpWatch(
    _ policies: [CompiledPolicy], of tenant: TenantKey, at now: Instant
  ) throws -> [PolicyStreak] {
    let watch =
      try watches[tenant] ?? FaultWatch(store.read { try $0.streaks(of: tenant) }, least: suspendAfter)
    watches[tenant] = watch
    let requests = try watch.hasSuspended ? store.read { try $0.probeRequests(of: tenant) } : 0
    return watch.bringUp(policies, requests: requests, at: now)
  }

  func recordStreaks(_ tenant: Tenant, at now: Instant) throws {
    guard let watch = watches[tenant.key], watch.isToRecord else { return }
    try store.recordStreaks(watch.sorted, for: tenant.key, at: now, epoch: epoch)
    watch.wasRecorded()
  }
}

extension TenantPolicies {
  /// Keyed by the name in the list of policies or guards.
  fileprivate var fileStates: [String: PolicyFileState] {
    var states: [String: PolicyFileState] = [:]
    for file in held { states[file.policy] = .held(file.reason, code: file.code) }
    for refusal in refusals { states[refusal.policy] = .refused(refusal.message, code: refusal.code) }
    return states
  }

  /// Whether an earlier revision is used instead of a refused file.
  fileprivate func hasLastGood(_ name: String, of tenant: Tenant) -> Bool {
    let listed = zip(tenant.policies, policies).first { $0.0 == name }?.1
    let policy = listed ?? lineup.guards.first { $0.file == name }
    return policy.map { !$0.isBroken } ?? false
  }
}
