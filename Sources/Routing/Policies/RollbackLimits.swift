/// When a canary is rolled back automatically: limits on its results, compared with those of the live policies.
package struct RollbackLimits: Equatable, Sendable {
  /// What a limit applies to.
  package enum Measure: String, Equatable, Sendable, CaseIterable {
    /// Decisions that wait because a policy failed.
    case faults
    /// Decisions that wait, including faults.
    case waiting
    /// Decisions that move the contact to another device.
    case moved
    /// Messages that failed at the gateway or whose result is unknown.
    case failed
  }

  /// A limit on the canary's share.
  package enum Bound: Equatable, Sendable {
    /// At most this share, in parts per million. Not exceeded while the live side's share is as high.
    case share(Int)
    /// At most this much above the live side's share, in parts per million.
    case above(Int)
    /// No limit.
    case off
  }

  /// For decisions that wait because a policy failed.
  package var faults: Bound
  /// For decisions that wait for any reason.
  package var waiting: Bound
  /// For decisions that move the contact to another device.
  package var moved: Bound
  /// For messages that failed at the gateway.
  package var failed: Bound
  /// The minimum number of steps (messages for `failed`) that each side must have before its limit is evaluated.
  package var leastJudged: Int
  /// The highest `leastJudged` that an operator can set.
  package static let leastJudgedMax = 1_000_000

  /// The limits used if an operator sets none.
  package static let standard = RollbackLimits()

  /// In parts per million above the live side's share. By default 1 % for faults, 10 % for waiting and moved, 5 % for
  /// failed.
  package init(
    faults: Bound = .above(10_000), waiting: Bound = .above(100_000), moved: Bound = .above(100_000),
    failed: Bound = .above(50_000), leastJudged: Int = 100
  ) {
    (self.faults, self.waiting, self.moved, self.failed) = (faults, waiting, moved, failed)
    self.leastJudged = leastJudged
  }

  /// The limit on a measure.
  package subscript(measure: Measure) -> Bound {
    get {
      switch measure {
      case .faults: faults
      case .waiting: waiting
      case .moved: moved
      case .failed: failed
      }
    }
    set {
      switch measure {
      case .faults: faults = newValue
      case .waiting: waiting = newValue
      case .moved: moved = newValue
      case .failed: failed = newValue
      }
    }
  }
}
