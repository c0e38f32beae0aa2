import Policies
import Routing

/// Counts for how many contacts the revisions of one tenant fail, and suspends those that fail for too many.
///
/// A suspended revision is not evaluated: its contacts wait. A changed file or changed parameters make another revision,
/// which starts without answers. See `RevisionAnswers` for the rule.
final class FaultWatch {
  /// An answer that failed.
  typealias Failure = (text: String, code: ReasonCode?, cause: String?)

  /// A suspension that began or ended.
  enum Change: Equatable {
    case suspended(PolicyStreak)
    case ended(PolicyStreak)
  }

  /// By the digests of the revisions.
  private var revisions: [String: RevisionAnswers] = [:]
  /// The revision of the last answer: most answers of a cycle are from one revision.
  private var last: (revision: String, answers: RevisionAnswers)?
  private var isChanged = false
  /// Whether a probe ended a suspension since this was last read.
  private var hasEnded = false
  /// The least number of faults that suspends; 0 never suspends.
  private let least: Int

  init(_ streaks: [PolicyStreak], least: Int) {
    self.least = least
    for streak in streaks { revisions[streak.revision] = RevisionAnswers(streak, least: least) }
  }

  /// What to record, sorted by policy and revision.
  var sorted: [PolicyStreak] {
    revisions.values.compactMap(\.streak).sorted { ($0.policy, $0.revision) < ($1.policy, $1.revision) }
  }

  /// Whether a revision is suspended and not being probed.
  var hasSuspended: Bool { revisions.values.contains { $0.isSuspended } }

  /// Whether the answers must be recorded.
  var isToRecord: Bool { isChanged || revisions.values.contains { $0.hasGrown } }

  func wasRecorded() {
    isChanged = false
    for answers in revisions.values { answers.wasRecorded() }
  }

  /// Whether a probe ended a suspension since the last call: contacts still wait for its end.
  func takeEnded() -> Bool {
    defer { hasEnded = false }
    return hasEnded
  }

  /// Updates the answers for the policies in use: drops revisions that are no longer used, suspends policies with a recorded
  /// suspension (none with a limit of 0), and begins probes. `requests` is the number of requests to probe. Returns the
  /// suspensions that ended.
  func bringUp(_ policies: [CompiledPolicy], requests: Int, at now: Instant) -> [PolicyStreak] {
    if revisions.isEmpty { return [] }
    let current = Set(policies.map(\.revision.digest))
    var ended: [PolicyStreak] = []
    for (digest, answers) in revisions {
      let isSuspended = answers.isSuspended || answers.isProbing
      if current.contains(digest), !(least == 0 && isSuspended) { continue }
      if let streak = answers.streak {
        isChanged = true
        if isSuspended { ended.append(streak) }
      }
      revisions[digest] = nil
    }
    last = nil
    for answers in revisions.values where answers.isSuspended { answers.beginProbe(requests: requests, at: now) }
    for policy in policies {
      guard let answers = revisions[policy.revision.digest] else { continue }
      if answers.isSuspended, let streak = answers.streak {
        policy.suspend(FaultWatch.reason(streak))
      } else if answers.isProbing {
        policy.answer(with: nil)
      }
    }
    return ended.sorted { ($0.policy, $0.revision) < ($1.policy, $1.revision) }
  }

  // MARK: - Answers

  /// Counts an answer without a fault. Returns a suspension that this answer ended or, at the end of a probe, renewed.
  func addGood(_ revision: String, for contact: Int64, from policies: [CompiledPolicy], at now: Instant) -> Change? {
    guard let answers = answers(of: revision, from: policies) else { return nil }
    if answers.isWatched { isChanged = true }
    let change = answers.addGood(contact, at: now)
    return apply(change, to: answers, revision, policies)
  }

  /// Counts a fault. Returns a suspension that it began or ended. A renewed one is not returned: it was reported before.
  func addFault(
    _ revision: String, _ failure: Failure, for contact: Int64, from policies: [CompiledPolicy], at now: Instant
  ) -> Change? {
    guard let answers = answers(of: revision, from: policies) else { return nil }
    let wasProbing = answers.isProbing
    let change = answers.addFault(contact, failure, at: now)
    isChanged = true
    let applied = apply(change, to: answers, revision, policies)
    return wasProbing && change == .suspended ? nil : applied
  }

  /// Decides about the revisions with too few answers so far: nothing more is due. Returns what changed, by policy.
  func conclude(_ policies: [CompiledPolicy], at now: Instant) -> [Change] {
    var changes: [Change] = []
    for policy in policies {
      let digest = policy.revision.digest
      guard let answers = revisions[digest], answers.isWatched else { continue }
      let wasProbing = answers.isProbing
      let before = answers.streak
      guard let change = answers.judge(isLast: true, at: now) else { continue }
      isChanged = true
      let applied = apply(change, to: answers, digest, policies, before: before)
      if let applied, !(wasProbing && change == .suspended) { changes.append(applied) }
    }
    return changes
  }

  /// Nil for an unusable file: it is refused, which is recorded, and there is no script to suspend.
  private func answers(of revision: String, from policies: [CompiledPolicy]) -> RevisionAnswers? {
    if let last, last.revision == revision { return last.answers }
    if let known = revisions[revision] {
      last = (revision, known)
      return known
    }
    guard let policy = policies.first(where: { $0.revision.digest == revision }), !policy.isBroken else { return nil }
    let made = RevisionAnswers(policy: policy.file, revision: revision, least: least)
    revisions[revision] = made
    last = (revision, made)
    return made
  }

  /// Suspends the policies of a revision, or runs them again. Both sides of a canary may use the same revision.
  private func apply(
    _ change: RevisionAnswers.Change?, to answers: RevisionAnswers, _ revision: String, _ policies: [CompiledPolicy],
    before: PolicyStreak? = nil
  ) -> Change? {
    switch change {
    case nil: return nil
    case .suspended:
      guard let streak = answers.streak else { return nil }
      for policy in policies where policy.revision.digest == revision { policy.suspend(FaultWatch.reason(streak)) }
      return .suspended(streak)
    case .suspensionEnded:
      hasEnded = true
      let file = policies.first { $0.revision.digest == revision }?.file ?? ""
      return .ended(
        before ?? answers.streak ?? PolicyStreak(policy: file, revision: revision, faults: 0, lastFault: ""))
    }
  }

  /// The reason of a waiting contact. `file` as in revisions: guards have a folder in front.
  private static func reason(_ streak: PolicyStreak) -> String {
    let file = streak.policy
    guard file.hasPrefix(PolicyCatalog.guardFolder) else {
      return "policy '\(file)' is suspended: \(streak.explanation)"
    }
    return "guard '\(file.dropFirst(PolicyCatalog.guardFolder.count))' is suspended: \(streak.explanation)"
  }

  /// Suspends the policies with a recorded suspension, as a cycle without a probe would.
  static func suspend(_ streaks: [PolicyStreak], among policies: [CompiledPolicy]) {
    for streak in streaks where streak.suspendedAt != nil {
      for policy in policies where policy.revision.digest == streak.revision {
        policy.suspend(FaultWatch.reason(streak))
      }
    }
  }
}

extension Cycle {
  /// Suspends the policies with a recorded suspension, as a cycle would that does not probe them.
  package static func suspend(_ streaks: [PolicyStreak], among policies: [CompiledPolicy]) {
    FaultWatch.suspend(streaks, among: policies)
  }

  /// Decides about suspensions when nothing more of a tenant is due.
  func judgeFaults(of run: TenantRun, at now: Instant) {
    guard let watch = run.watch else { return }
    for change in watch.conclude(run.lineup.deciding, at: now) { note(change, of: run.tenant.id) }
    if let shadow = run.shadowWatch, shadow.conclude(isLast: true) {
      report(.shadowRests(tenant: run.tenant.id, explanation: shadow.explanation))
    }
  }

  /// Reports a suspension that began or ended.
  func note(_ change: FaultWatch.Change, of tenant: TenantID) {
    switch change {
    case .suspended(let streak): report(.policySuspended(tenant: tenant, streak: streak))
    case .ended(let streak): report(.suspensionEnded(tenant: tenant, streak: streak))
    }
  }
}
