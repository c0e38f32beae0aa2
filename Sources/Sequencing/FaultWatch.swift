import Policies
import Routing

/// Counts for one tenant which revisions fail again and again, and suspends those that do.
///
/// A revision that failed `limit` times in a row is not asked any more: its contacts wait. Another revision, which a changed
/// file or changed parameters are, begins anew.
final class FaultWatch {
  /// Revisions on record, by digest.
  private(set) var streaks: [String: PolicyStreak]
  /// Whether they are other than what is on record in the store.
  private(set) var isChanged = false
  /// 0 never suspends.
  private let limit: Int

  init(_ streaks: [PolicyStreak], limit: Int) {
    self.streaks = Dictionary(streaks.map { ($0.revision, $0) }, uniquingKeysWith: { first, _ in first })
    self.limit = limit
  }

  /// In a fixed order.
  var sorted: [PolicyStreak] { streaks.values.sorted { ($0.policy, $0.revision) < ($1.policy, $1.revision) } }

  func wasRecorded() { isChanged = false }

  /// Holds what is on record against the policies that decide now: forgets revisions that do not any more, and suspends
  /// those that are; with a limit of 0 none is. Gives back the suspensions that ended.
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

  /// Learns what the policy with this revision answered. Gives back the streak that suspended it, if this did.
  func learn(
    _ revision: String, fault: String?, from policies: [CompiledPolicy], at now: Instant
  ) -> PolicyStreak? {
    guard let fault else {
      if streaks.isEmpty { return nil }
      if streaks[revision] != nil, streaks[revision]?.suspendedAt == nil {
        streaks[revision] = nil
        isChanged = true
      }
      return nil
    }
    // A file that cannot be used is refused, which is on record; there is no script to keep from running.
    guard let policy = policies.first(where: { $0.revision.digest == revision }), !policy.isBroken else { return nil }
    var streak =
      streaks[revision] ?? PolicyStreak(policy: policy.file, revision: revision, faults: 0, lastFault: "")
    guard streak.suspendedAt == nil else { return nil }
    streak.faults += 1
    streak.lastFault = fault
    if streak.faults == limit { streak.suspendedAt = now }
    streaks[revision] = streak
    isChanged = true
    guard streak.suspendedAt != nil else { return nil }
    // A revision may be asked on both sides of a canary.
    for policy in policies where policy.revision.digest == revision { policy.suspend(FaultWatch.reason(streak)) }
    return streak
  }

  private static func reason(_ streak: PolicyStreak) -> String {
    heading(streak.policy) + "\(streak.faults) times in a row, last with: \(streak.lastFault)"
  }

  /// `file` as revisions carry it: guards stand in a folder.
  fileprivate static func heading(_ file: String) -> String {
    guard file.hasPrefix(PolicyCatalog.guardFolder) else { return "policy '\(file)' is suspended: it failed " }
    return "guard '\(file.dropFirst(PolicyCatalog.guardFolder.count))' is suspended: it failed "
  }
}

extension Cycle {
  /// Whether a decision's reason says that the policy of this file was suspended.
  package static func isSuspension(_ reason: String, of file: String) -> Bool {
    reason.utf8.starts(with: FaultWatch.heading(file).utf8)
  }

  /// Suspends what is on record as suspended, as a cycle would.
  package static func suspend(_ streaks: [PolicyStreak], among policies: [CompiledPolicy]) {
    let watch = FaultWatch(streaks, limit: 1)
    _ = watch.bringUp(policies)
  }
}
