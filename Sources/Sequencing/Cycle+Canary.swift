import Policies
import Routing

/// What a canary came to, looked at when a cycle ends.
extension Cycle {
  /// Rolls a canary back whose guards are broken, or whose policy was suspended. The next cycle asks the live policies
  /// for everyone. Gives back whether it did.
  func judge(_ run: TenantRun, at now: Instant) throws -> Bool {
    let tenant = run.tenant.key
    let (current, tallies) = try store.read { snapshot in
      (try snapshot.generation(of: tenant), try snapshot.canaryTallies(of: tenant, in: run.generation))
    }
    guard let current, current.number == run.generation, let canary = current.lineup.canary else {
      return false
    }
    let suspended = suspension(in: run).map { streak in
      CanaryEvidence(cause: .suspended(policy: streak.policy, faults: streak.faults), tallies: tallies)
    }
    guard let evidence = suspended ?? CanaryJudge.breach(of: canary.guards ?? .standard, by: tallies) else {
      return false
    }
    do {
      generations.last[tenant] = try store.begin(
        current.withoutCanary(evidence, at: now), for: tenant, after: run.generation, epoch: epoch)
      return true
    } catch StoreError.generationPassed {
      // An operator was quicker.
      return false
    }
  }

  /// A revision of the canary's that is suspended, and that is not a live one too.
  private func suspension(in run: TenantRun) -> PolicyStreak? {
    let live = run.lineup.live.map(\.revision.digest)
    let canary = (run.lineup.canary?.policies ?? []).map(\.revision.digest).filter { !live.contains($0) }
    return run.watch?.sorted.first { $0.suspendedAt != nil && canary.contains($0.revision) }
  }
}

extension PolicyGeneration {
  /// The live policies alone go on; files that hold a text of the canary's are not taken.
  fileprivate func withoutCanary(_ evidence: CanaryEvidence, at now: Instant) -> GenerationDraft {
    var lineup = lineup
    let rolledBack = (lineup.canary?.revisions ?? []).map(PolicyText.init(of:))
    lineup.canary = nil
    let change = PolicyChange(
      at: now, actor: PolicyChange.program, action: .rollback, reason: evidence.sentence,
      origin: "generation \(number)", evidence: evidence)
    return GenerationDraft(lineup: lineup, parameters: parameters, change: change, rolledBack: rolledBack)
  }
}
