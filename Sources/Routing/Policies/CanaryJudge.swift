/// Whether a canary exceeds a rollback limit.
///
/// A difference counts only if chance hardly explains it. The judge compares the shares of two samples from the same
/// period: the canary's share minus the live side's. It uses the lower bound of a confidence interval for the difference
/// (Newcombe 1998, method 10, which combines the Wilson bounds of both shares). Because it runs after every cycle, the
/// interval is wide: four standard errors, about 1 in 30,000 for a single evaluation.
package enum CanaryJudge {
  static let deviations = 4.0

  /// The first exceeded limit, in the order of `CanaryGuards.Measure`; nil if none is exceeded.
  package static func breach(of limits: RollbackLimits, by tallies: CanaryTallies) -> CanaryEvidence? {
    for measure in RollbackLimits.Measure.allCases {
      let bound = limits[measure]
      let (canary, live) = (tallies.canary.counts(measure), tallies.live.counts(measure))
      guard min(canary.of, live.of) >= limits.leastJudged else { continue }
      let difference = leastDifference(canary, live)
      let isBroken =
        switch bound {
        case .off: false
        case .above(let parts): difference > Double(parts) / 1e6
        case .share(let parts): wilson(canary).lower > Double(parts) / 1e6 && difference > 0
        }
      if isBroken { return CanaryEvidence(cause: .broken(measure, bound), tallies: tallies) }
    }
    return nil
  }

  /// The lower bound of the first share minus the second.
  static func leastDifference(_ first: (hits: Int, of: Int), _ second: (hits: Int, of: Int)) -> Double {
    let (a, b) = (wilson(first), wilson(second))
    let (below, above) = (a.share - a.lower, b.upper - b.share)
    return a.share - b.share - (below * below + above * above).squareRoot()
  }

  /// A share with the bounds of its Wilson interval.
  static func wilson(_ counts: (hits: Int, of: Int)) -> (share: Double, lower: Double, upper: Double) {
    let (n, z) = (Double(counts.of), deviations)
    let share = Double(counts.hits) / n
    let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot() / (1 + z * z / n)
    return (share, max(middle - half, 0), min(middle + half, 1))
  }
}
