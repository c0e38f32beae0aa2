/// When a canary is rolled back by itself: bounds on what its side comes to, each held against the live side.
package struct CanaryGuards: Equatable, Sendable {
  /// What is bounded.
  package enum Measure: String, Equatable, Sendable, CaseIterable {
    /// Decisions that wait because a policy failed.
    case faults
    /// Decisions that wait, faults included.
    case waiting
    /// Decisions that give the contact another device for good.
    case moved
    /// Messages that failed at the gateway, or whose fate it cannot tell.
    case failed
  }

  /// A bound on the canary's share.
  package enum Bound: Equatable, Sendable {
    /// No more than that; parts of a million. Nor is it broken while the live side has as much.
    case share(Int)
    /// No more than that above the live side's; parts of a million.
    case above(Int)
    /// Nothing is rolled back for it.
    case off
  }

  /// On decisions that wait because a policy failed.
  package var faults: Bound
  /// On decisions that wait for any reason.
  package var waiting: Bound
  /// On decisions that give the contact another device.
  package var moved: Bound
  /// On messages that failed at the gateway.
  package var failed: Bound
  /// How many steps, or messages for `failed`, either side must have come to before anything is judged.
  package var leastJudged: Int

  /// What holds where an operator sets nothing.
  package static let standard = CanaryGuards()

  /// Parts of a million above the live side's share unless given: 1 % for faults, 10 %, 10 % and 5 %.
  package init(
    faults: Bound = .above(10_000), waiting: Bound = .above(100_000), moved: Bound = .above(100_000),
    failed: Bound = .above(50_000), leastJudged: Int = 100
  ) {
    (self.faults, self.waiting, self.moved, self.failed) = (faults, waiting, moved, failed)
    self.leastJudged = leastJudged
  }

  /// The bound on a measure, read and set by its name.
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
