/// Whether a canary is to be rolled back for what its side came to.
///
/// A difference counts when it would hardly come about by chance. Judged are shares of two samples taken over the same
/// time: the canary's share less the live side's, with the bound of a confidence interval in place of the difference itself
/// (Newcombe 1998, method 10: the Wilson bounds of either share, put together). It is looked at after every cycle, so
/// the interval is wide: four standard errors, about 1 in 30,000 for a single look.
package enum CanaryJudge {
  static let deviations = 4.0

  /// The first bound that is broken, in the order of `CanaryGuards.Measure`; nil while all hold.
  package static func breach(of guards: CanaryGuards, by tallies: CanaryTallies) -> CanaryEvidence? {
    for measure in CanaryGuards.Measure.allCases {
      let bound = guards[measure]
      let (canary, live) = (tallies.canary.counts(measure), tallies.live.counts(measure))
      guard min(canary.of, live.of) >= guards.leastJudged else { continue }
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

  /// How much higher the first share is at least than the second.
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
