import Policies
import Routing

/// Counts the faults in a row of one tenant's revisions, and suspends revisions that reach the limit.
///
/// A revision that failed `limit` times in a row is no longer evaluated: its contacts wait. A changed file or changed
/// parameters make another revision, which starts at zero.
final class FaultWatch {
  /// The streaks by the digests of their revisions.
  private(set) var streaks: [String: PolicyStreak]
  /// Whether they differ from the store's record.
  private(set) var isChanged = false
  /// 0 never suspends.
  private let limit: Int

  init(_ streaks: [PolicyStreak], limit: Int) {
    self.streaks = Dictionary(streaks.map { ($0.revision, $0) }, uniquingKeysWith: { first, _ in first })
    self.limit = limit
  }

  /// Sorted by policy and revision.
  var sorted: [PolicyStreak] { streaks.values.sorted { ($0.policy, $0.revision) < ($1.policy, $1.revision) } }

  func wasRecorded() { isChanged = false }

  /// Updates the streaks for the policies in use: drops revisions that are no longer used, and suspends policies with a
  /// recorded suspension (none with a limit of 0). Returns the suspensions that ended.
  func bringUp(_ policies: [CompiledPolicy]) -> [PolicyStreak] {
    let current = Set(policies.map(\.revision.digest))
    let gone = sorted.filter { !current.contains($0.revision) || (limit == 0 && $0.suspendedAt != nil) }
    for streak in gone { streaks[streak.revision] = nil }
    if !gone.isEmpty { isChanged = true }
    for policy in policies {
      if let streak = streaks[policy.revision.digest], streak.suspendedAt != nil {
        policy.suspend(FaultWatch.reason(streak))
      }
    }
    return gone.filter { $0.suspendedAt != nil }
  }

  /// Counts an answer of the policy with this revision. Returns the streak if this answer suspended the policy.
  func learn(
    _ revision: String, fault: (text: String, code: ReasonCode?)?, from policies: [CompiledPolicy], at now: Instant
  ) -> PolicyStreak? {
    guard let fault else {
      if streaks.isEmpty { return nil }
      if streaks[revision] != nil, streaks[revision]?.suspendedAt == nil {
        streaks[revision] = nil
        isChanged = true
      }
      return nil
    }
    // An unusable file is refused, which is recorded; there is no script to suspend.
    guard let policy = policies.first(where: { $0.revision.digest == revision }), !policy.isBroken else { return nil }
    var streak =
      streaks[revision] ?? PolicyStreak(policy: policy.file, revision: revision, faults: 0, lastFault: "")
    guard streak.suspendedAt == nil else { return nil }
    streak.faults += 1
    (streak.lastFault, streak.lastFaultCode) = (fault.text, fault.code)
    if streak.faults == limit { streak.suspendedAt = now }
    streaks[revision] = streak
    isChanged = true
    guard streak.suspendedAt != nil else { return nil }
    // Both sides of a canary may use the same revision.
    for policy in policies where policy.revision.digest == revision { policy.suspend(FaultWatch.reason(streak)) }
    return streak
  }

  private static func reason(_ streak: PolicyStreak) -> String {
    heading(streak.policy) + "\(streak.faults) times in a row, last with: \(streak.lastFault)"
  }

  /// `file` as in revisions: guards have a folder in front.
  private static func heading(_ file: String) -> String {
    guard file.hasPrefix(PolicyCatalog.guardFolder) else { return "policy '\(file)' is suspended: it failed " }
    return "guard '\(file.dropFirst(PolicyCatalog.guardFolder.count))' is suspended: it failed "
  }
}

extension Cycle {
  /// Suspends the policies with a recorded suspension, as a cycle would.
  package static func suspend(_ streaks: [PolicyStreak], among policies: [CompiledPolicy]) {
    let watch = FaultWatch(streaks, limit: 1)
    _ = watch.bringUp(policies)
  }
}
