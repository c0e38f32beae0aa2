/// Why a canary was rolled back, with the counts of both sides.
package struct CanaryEvidence: Equatable, Sendable {
  /// The two causes of an automatic rollback.
  package enum Cause: Equatable, Sendable {
    /// A rollback limit was exceeded.
    case broken(RollbackLimits.Measure, RollbackLimits.Bound)
    /// A revision of the canary failed for so many contacts that it was suspended; `faults` is their number.
    case suspended(policy: String, faults: Int)
  }

  /// The first cause found; others may apply as well.
  package var cause: Cause
  /// Both sides' counts at that time, over the canary's generation.
  package var tallies: CanaryTallies

  /// `tallies` must be the counts that led to `cause`.
  package init(cause: Cause, tallies: CanaryTallies) { (self.cause, self.tallies) = (cause, tallies) }

  /// One sentence: the measure, the shares of both sides, and the limit.
  package var sentence: String {
    switch cause {
    case .suspended(let policy, let faults):
      return "the canary's policy '\(policy)' was suspended: it failed for \(faults) different contacts"
    case .broken(let measure, let bound):
      let (canary, live) = (tallies.canary.counts(measure), tallies.live.counts(measure))
      return "\(measure.rawValue): \(CanaryEvidence.share(canary)) of the canary, "
        + "\(CanaryEvidence.share(live)) of the live policies; rollback limit \(bound.text)"
    }
  }

  /// Formats counts, such as `3 of 40 (7.5%)`.
  private static func share(_ counts: (hits: Int, of: Int)) -> String {
    let parts = counts.of == 0 ? 0 : (counts.hits * 100_000 / counts.of + 5) / 10 * 100
    return "\(counts.hits) of \(counts.of) (\(Percent.text(min(parts, 1_000_000))))"
  }
}
