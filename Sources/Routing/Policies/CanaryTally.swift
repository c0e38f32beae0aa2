/// What one side of a canary came to in a generation.
package struct CanaryTally: Equatable, Sendable {
  /// Decisions, all of them.
  package var decided = 0
  /// Steps of contacts, each at its first decision in the generation: contacts that wait are decided again and again, and
  /// would outvote the others. What follows is of these.
  package var judged = 0
  /// Judged steps that waited because a policy failed.
  package var faults = 0
  /// Faults included.
  package var waiting = 0
  /// Judged steps whose contact got another device.
  package var moved = 0
  /// Messages of this side that the gateway accepted.
  package var sent = 0
  /// Those that it refused, and those whose fate it cannot tell.
  package var failed = 0

  /// Nothing counted yet.
  package init() {}

  /// How many were judged for a measure, and how many of them count against the side.
  package func counts(_ measure: CanaryGuards.Measure) -> (hits: Int, of: Int) {
    switch measure {
    case .faults: (faults, judged)
    case .waiting: (waiting, judged)
    case .moved: (moved, judged)
    case .failed: (failed, sent + failed)
    }
  }

  package static func += (a: inout CanaryTally, b: CanaryTally) {
    a.decided += b.decided
    a.judged += b.judged
    a.faults += b.faults
    a.waiting += b.waiting
    a.moved += b.moved
    a.sent += b.sent
    a.failed += b.failed
  }
}

/// Both sides of a canary over the same time.
package struct CanaryTallies: Equatable, Sendable {
  /// The side of the contacts outside the share.
  package var live = CanaryTally()
  /// The side of the contacts in the share.
  package var canary = CanaryTally()

  /// Both sides at zero.
  package init() {}

  /// The counts of one side, read and set by its name.
  package subscript(side: PolicyLineup.Side) -> CanaryTally {
    get { side == .live ? live : canary }
    set { if side == .live { live = newValue } else { canary = newValue } }
  }
}
