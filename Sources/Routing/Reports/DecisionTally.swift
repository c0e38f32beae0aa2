/// Counts decisions by tenant and outcome in short intervals, to report rates and the totals of a window.
package struct DecisionTally: Equatable, Sendable {
  /// The outcome of a decision. A fault is a wait caused by a policy that failed.
  package enum Kind: String, CaseIterable, Sendable { case use, move, wait, skip, fault }

  /// The length of an interval; milliseconds.
  package static let bucket: Int64 = 10_000
  /// The longest window that is kept; milliseconds.
  package static let kept: Int64 = 3_600_000

  private struct Place: Hashable {
    var bucket: Int64
    var tenant: TenantID
    var kind: Kind
  }

  private var counts: [Place: Int] = [:]
  /// Decisions from this time on are counted completely.
  package private(set) var completeFrom: Instant
  /// Whether some decisions are missing: counting began in the middle of those of `completeFrom`, or later.
  package let isCut: Bool

  /// Starts empty. The caller must add every decision from `completeFrom` on.
  package init(completeFrom: Instant, isCut: Bool = false) { (self.completeFrom, self.isCut) = (completeFrom, isCut) }

  /// Whether all decisions in the `window` milliseconds before `now` are counted, to the accuracy of one interval.
  package func covers(window: Int64, at now: Instant) -> Bool {
    completeFrom <= now.advanced(byMilliseconds: DecisionTally.bucket - window)
  }

  /// Adds decisions to the interval that contains `moment`, in any order.
  package mutating func add(_ kind: Kind, of tenant: TenantID, at moment: Instant, count: Int = 1) {
    counts[Place(bucket: DecisionTally.bucket(of: moment), tenant: tenant, kind: kind), default: 0] += count
  }

  /// Drops counts older than the longest window.
  package mutating func forget(before now: Instant) {
    let first = DecisionTally.bucket(of: now.advanced(byMilliseconds: -DecisionTally.kept))
    counts = counts.filter { $0.key.bucket >= first }
    completeFrom = max(completeFrom, Instant(milliseconds: first * DecisionTally.bucket))
  }

  /// The count in the `window` milliseconds before `now`, to the accuracy of one interval. Decisions dated later, by a
  /// clock that was ahead, do not count. A nil tenant means all tenants.
  package func count(_ kind: Kind, of tenant: TenantID?, window: Int64, at now: Instant) -> Int {
    let first = DecisionTally.bucket(of: now.advanced(byMilliseconds: -window)) + 1
    let last = DecisionTally.bucket(of: now)
    return counts.reduce(0) { sum, entry in
      let isMeant =
        entry.key.kind == kind && entry.key.bucket >= first && entry.key.bucket <= last
        && (tenant == nil || tenant == entry.key.tenant)
      return isMeant ? sum + entry.value : sum
    }
  }

  /// Decisions per second over the last minute.
  package func rate(_ kind: Kind, of tenant: TenantID?, at now: Instant) -> Double {
    Double(count(kind, of: tenant, window: 60_000, at: now)) / 60
  }

  private static func bucket(of moment: Instant) -> Int64 {
    let (quotient, remainder) = moment.milliseconds.quotientAndRemainder(dividingBy: bucket)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
