import Policies
import Routing

/// Judges a canary by its results, at the end of a cycle.
extension Cycle {
  /// Rolls back a canary that exceeded a rollback limit or whose policy was suspended. From the next cycle on, the live
  /// policies decide for all contacts. Returns whether it did.
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
    guard let evidence = suspended ?? CanaryJudge.breach(of: canary.rollbackLimits ?? .standard, by: tallies) else {
      return false
    }
    do {
      generations.last[tenant] = try store.begin(
        current.withoutCanary(evidence, at: now), for: tenant, after: run.generation, epoch: epoch)
      return true
    } catch StoreError.generationPassed {
      // An operator changed the policies first.
      return false
    }
  }

  /// A suspended revision of the canary that is not also a live one.
  private func suspension(in run: TenantRun) -> PolicyStreak? {
    let live = run.lineup.live.map(\.revision.digest)
    let canary = (run.lineup.canary?.policies ?? []).map(\.revision.digest).filter { !live.contains($0) }
    return run.watch?.sorted.first { $0.suspendedAt != nil && canary.contains($0.revision) }
  }
}

extension PolicyGeneration {
  /// Only the live policies continue. A file with a source of the canary is held.
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
