import Routing

/// Limits the cost of a shadow that keeps failing: when at least `faultsMax` of its last 100 answers for different contacts
/// are faults, and at least half of them, it is no longer evaluated, until another shadow replaces it or another process
/// starts. With fewer answers this is decided when nothing more is due.
final class ShadowWatch {
  /// The least number of faults after which a shadow is no longer evaluated.
  static let faultsMax = 20

  /// The generation in which the shadow began.
  let since: Int64
  /// Whether the shadow is no longer evaluated.
  private(set) var rests = false
  private var window = AnswerWindow()
  private var lastFault = ""

  init(since: Int64) { self.since = since }

  /// The share of faults and the last fault: `60 of …, last with: …`.
  var explanation: String {
    let (faults, answers) = window.counts
    return "\(PolicyStreak.share(faults: faults, of: answers)), last with: \(lastFault)"
  }

  /// Counts the shadow's decision about a contact. True if the shadow is no longer evaluated from now on.
  func learn(_ decision: Decision, about contact: Contact) -> Bool {
    guard decision.fault != nil else {
      window.addGood(contact.key.raw)
      return false
    }
    window.addFault(contact.key.raw)
    lastFault = decision.reason
    return conclude(isLast: false)
  }

  /// Decides whether the shadow is evaluated any more; `isLast`: nothing more is due. True if it no longer is from now on.
  func conclude(isLast: Bool) -> Bool {
    guard !rests, window.mayHaveFaults else { return false }
    let (faults, answers) = window.counts
    rests = faults >= ShadowWatch.faultsMax && 2 * faults >= answers && (window.isFull || isLast)
    return rests
  }
}

extension Cycle {
  /// The least number of faults after which a shadow is no longer evaluated.
  package static let shadowFaultsMax = ShadowWatch.faultsMax
}
