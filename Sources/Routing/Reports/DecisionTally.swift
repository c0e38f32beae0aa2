/// Decisions by tenant and outcome, in short stretches of time: enough to tell a rate and the total of a window.
package struct DecisionTally: Equatable, Sendable {
  /// What came of a decision. A fault is a wait whose policy failed.
  package enum Kind: String, CaseIterable, Sendable { case use, move, wait, skip, fault }

  /// Milliseconds of a bucket.
  package static let bucket: Int64 = 10_000
  /// The longest window that is kept; milliseconds.
  package static let kept: Int64 = 3_600_000

  private struct Place: Hashable {
    var bucket: Int64
    var tenant: TenantID
    var kind: Kind
  }

  private var counts: [Place: Int] = [:]
  /// From then on decisions are counted.
  package private(set) var completeFrom: Instant
  /// Whether more were made than are counted: the count began among those of `completeFrom`, or after it.
  package let isCut: Bool

  /// Empty; `completeFrom` is the moment from which the caller adds every decision.
  package init(completeFrom: Instant, isCut: Bool = false) { (self.completeFrom, self.isCut) = (completeFrom, isCut) }

  /// Whether all decisions of the `window` milliseconds before `now` are counted, to a bucket.
  package func covers(window: Int64, at now: Instant) -> Bool {
    completeFrom <= now.advanced(byMilliseconds: DecisionTally.bucket - window)
  }

  /// Adds to the bucket of `moment`; decisions may come in any order.
  package mutating func add(_ kind: Kind, of tenant: TenantID, at moment: Instant, count: Int = 1) {
    counts[Place(bucket: DecisionTally.bucket(of: moment), tenant: tenant, kind: kind), default: 0] += count
  }

  /// Forgets what is older than the longest window.
  package mutating func forget(before now: Instant) {
    let first = DecisionTally.bucket(of: now.advanced(byMilliseconds: -DecisionTally.kept))
    counts = counts.filter { $0.key.bucket >= first }
    completeFrom = max(completeFrom, Instant(milliseconds: first * DecisionTally.bucket))
  }

  /// How many there were in the `window` milliseconds before `now`, to a bucket; nil as the tenant is all of them.
  package func count(_ kind: Kind, of tenant: TenantID?, window: Int64, at now: Instant) -> Int {
    let first = DecisionTally.bucket(of: now.advanced(byMilliseconds: -window)) + 1
    return counts.reduce(0) { sum, entry in
      let isMeant =
        entry.key.kind == kind && entry.key.bucket >= first && (tenant == nil || tenant == entry.key.tenant)
      return isMeant ? sum + entry.value : sum
    }
  }

  /// Decisions a second over the last minute.
  package func rate(_ kind: Kind, of tenant: TenantID?, at now: Instant) -> Double {
    Double(count(kind, of: tenant, window: 60_000, at: now)) / 60
  }

  private static func bucket(of moment: Instant) -> Int64 {
    let (quotient, remainder) = moment.milliseconds.quotientAndRemainder(dividingBy: bucket)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
