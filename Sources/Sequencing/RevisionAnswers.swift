import Routing

/// The answers of one revision for one tenant, its last fault, and its suspension.
///
/// A revision is suspended when at least `least` of its last 100 answers for different contacts are faults, and at least
/// half of them. With fewer answers this is decided when nothing more is due: contacts whose data make a policy fail may
/// stand at the head of the queue. A suspended revision is probed every hour, and on request: it is evaluated for `least`
/// contacts, and continues unless at least half of those answers are faults.
final class RevisionAnswers {
  /// What an answer changed.
  enum Change: Equatable { case suspended, suspensionEnded }

  /// The time between two probes of a suspended revision; seconds.
  static let probeSeconds: Int64 = 3600

  private let policy: String
  private let revision: String
  private let least: Int
  private var window: AnswerWindow
  private var lastFault: (text: String, code: ReasonCode?) = ("", nil)
  private var samples: [String] = []
  /// The record of an earlier version, which counted faults in a row; it stands until the next answer.
  private var inherited: PolicyStreak?
  /// As it was suspended; nil while it is evaluated normally.
  private var suspension: PolicyStreak?
  /// Whether a suspended revision is evaluated now.
  private(set) var isProbing = false
  /// How many answers the record has of a window without a fault.
  private var recorded = 0

  init(policy: String, revision: String, least: Int) {
    (self.policy, self.revision, self.least) = (policy, revision, least)
    window = AnswerWindow(size: AnswerWindow.size(forLeast: least))
  }

  /// Continues from the store's record.
  convenience init(_ streak: PolicyStreak, least: Int) {
    self.init(policy: streak.policy, revision: streak.revision, least: least)
    window = AnswerWindow(streak.answers, size: AnswerWindow.size(forLeast: least))
    (lastFault, samples) = ((streak.lastFault, streak.lastFaultCode), streak.samples)
    recorded = streak.answers.count
    if streak.suspendedAt != nil {
      suspension = streak
    } else if streak.answers.isEmpty {
      inherited = streak
    }
  }

  /// Whether later answers may change the record or the suspension.
  var isWatched: Bool { isProbing || (suspension == nil && (window.mayHaveFaults || inherited != nil)) }

  /// Not evaluated now.
  var isSuspended: Bool { suspension != nil && !isProbing }

  /// Whether the record of a window without a fault has too few answers. They are recorded before a fault comes, so that a
  /// process that begins with contacts in a row that fail knows of the others. A full window is recorded once, a smaller one
  /// when it has grown by an eighth.
  var hasGrown: Bool {
    guard least > 0, suspension == nil, inherited == nil, !window.mayHaveFaults, window.mayExceed(recorded) else {
      return false
    }
    let count = window.counts.answers
    return count >= least && (window.isFull || count >= recorded + max(1, recorded / 8))
  }

  func wasRecorded() { recorded = window.mayHaveFaults ? 0 : window.counts.answers }

  /// What to record; nil for a few answers without a fault.
  var streak: PolicyStreak? {
    if let kept = suspension ?? inherited { return kept }
    let answers = window.answers
    guard window.counts.faults > 0 || answers.count >= max(1, least) else { return nil }
    var streak = PolicyStreak(
      policy: policy, revision: revision, faults: window.counts.faults, lastFault: lastFault.text,
      lastFaultCode: lastFault.code)
    (streak.answers, streak.samples) = (answers, samples)
    return streak
  }

  // MARK: - Answers

  /// Counts an answer without a fault. The answers of a suspended revision are ignored. Costs some nanoseconds, except in a
  /// probe.
  func addGood(_ contact: Int64, at now: Instant) -> Change? {
    if isSuspended { return nil }
    if inherited != nil { inherited = nil }
    window.addGood(contact)
    return isProbing ? judge(isLast: false, at: now) : nil
  }

  /// Counts a fault, also as the last one of the record.
  func addFault(
    _ contact: Int64, _ fault: (text: String, code: ReasonCode?, cause: String?), at now: Instant
  ) -> Change? {
    if isSuspended { return nil }
    if inherited != nil { inherited = nil }
    window.addFault(contact)
    lastFault = (fault.text, fault.code)
    if let cause = fault.cause {
      samples.removeAll { $0 == cause }
      samples = [cause] + samples.prefix(PolicyStreak.samplesMax - 1)
    }
    return judge(isLast: false, at: now)
  }

  /// Suspends the revision or ends its probe if its answers suffice. `isLast`: nothing more is due.
  func judge(isLast: Bool, at now: Instant) -> Change? {
    guard least > 0, !isSuspended else { return nil }
    let (faults, count) = window.counts
    let isHalf = 2 * faults >= count
    if isProbing {
      guard count >= least || (isLast && count > 0) else { return nil }
      isProbing = false
      guard isHalf else {
        suspension = nil
        return .suspensionEnded
      }
      let (since, requests) = (suspension?.suspendedAt, suspension?.requests ?? 0)
      suspend(since: since ?? now, requests: requests, at: now)
      return .suspended
    }
    guard faults >= least, isHalf, window.isFull || isLast else { return nil }
    suspend(since: now, requests: 0, at: now)
    return .suspended
  }

  private func suspend(since: Instant, requests: Int, at now: Instant) {
    suspension = nil
    var streak =
      streak ?? PolicyStreak(policy: policy, revision: revision, faults: 0, lastFault: lastFault.text)
    (streak.suspendedAt, streak.requests) = (since, requests)
    streak.probeAt = now.advanced(bySeconds: RevisionAnswers.probeSeconds)
    suspension = streak
  }

  /// Begins a probe of a suspended revision if it is time for one, or if `requests` is not the number of requests that it
  /// followed already.
  func beginProbe(requests: Int, at now: Instant) {
    guard var streak = suspension, let since = streak.suspendedAt, !isProbing else { return }
    let next = streak.probeAt ?? since.advanced(bySeconds: RevisionAnswers.probeSeconds)
    // A clock that was set back must not keep it suspended for longer than an hour.
    let isTime = next <= now || next > now.advanced(bySeconds: RevisionAnswers.probeSeconds)
    guard isTime || requests != streak.requests else { return }
    streak.requests = requests
    suspension = streak
    isProbing = true
    samples = []
    window = AnswerWindow(size: AnswerWindow.size(forLeast: least))
  }
}
