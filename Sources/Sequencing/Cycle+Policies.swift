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
    return try tenants.compactMap { try bringUp($0, at: now) }
  }

  private func bringUp(_ tenant: Tenant, at now: Instant) throws -> Turn? {
    let last = generations.last[tenant.key] ?? 0
    let standing = try board.standing(of: tenant, last: last) {
      try store.read { try KnownPolicies(of: tenant.key, in: $0) }
    }
    guard let generation = try record(standing, of: tenant, after: last, at: now) else { return nil }
    let revisions = (standing.policies + standing.lineup.guards).map(\.revision)
    if activated[tenant.key] != revisions {
      let before = activated.updateValue(revisions, forKey: tenant.key)
      for revision in revisions where before?.contains(where: { $0.digest == revision.digest }) == false {
        report(.policyTaken(tenant: tenant.id, policy: revision.policy, revision: revision.digest))
      }
    }
    try recordRefusals(standing, tenant: tenant, at: now)
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
      return begun
    } catch StoreError.generationPassed {
      report(.turnGivenUp(tenant: tenant.id))
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

  private func recordRefusals(_ standing: PolicyBoard.Standing, tenant: Tenant, at now: Instant) throws {
    let listed = Array(zip(tenant.policies, standing.policies)) + standing.lineup.guards.map { ($0.file, $0) }
    for (name, policy) in listed {
      let message = standing.refusals.first { $0.policy == name }?.message
      // The first cycle writes either way: what stood there may be of an earlier process.
      if let known = refused[tenant.key]?[name], known == message ?? "" { continue }
      try store.recordRefusal(message, of: name, for: tenant.key, at: now, epoch: epoch)
      refused[tenant.key, default: [:]][name] = message ?? ""
      guard let message else { continue }
      report(
        .policyRefused(tenant: tenant.id, policy: name, message: message, hasLastGood: !policy.isBroken))
    }
  }

  // MARK: - Suspending

  private func bringUpWatch(_ policies: [CompiledPolicy], tenant: Tenant, at now: Instant) throws {
    let watch =
      try watches[tenant.key] ?? FaultWatch(store.read { try $0.streaks(of: tenant.key) }, limit: suspendAfter)
    for streak in watch.bringUp(policies) { report(.suspensionEnded(tenant: tenant.id, streak: streak)) }
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
