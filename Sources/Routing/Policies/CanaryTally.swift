/// The results of one side of a canary in a generation.
package struct CanaryTally: Equatable, Sendable {
  /// All decisions.
  package var decided = 0
  /// Steps, each counted at its first decision in the generation: contacts that wait are decided again and again and
  /// would outweigh the others. The following counts of steps include only these decisions.
  package var judged = 0
  /// Judged steps that waited because a policy failed.
  package var faults = 0
  /// Judged steps that waited, including faults.
  package var waiting = 0
  /// Judged steps whose contact was moved to another device.
  package var moved = 0
  /// This side's messages that the gateway accepted.
  package var sent = 0
  /// This side's messages that the gateway refused, or whose result is unknown.
  package var failed = 0

  /// All counts are zero.
  package init() {}

  /// For a measure: how many steps or messages were judged, and how many of them count against the side.
  package func counts(_ measure: RollbackLimits.Measure) -> (hits: Int, of: Int) {
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

/// The tallies of both sides over the same period.
package struct CanaryTallies: Equatable, Sendable {
  /// For contacts outside the canary's share.
  package var live = CanaryTally()
  /// For contacts in the canary's share.
  package var canary = CanaryTally()

  /// Both sides at zero.
  package init() {}

  /// The tally of one side.
  package subscript(side: PolicyLineup.Side) -> CanaryTally {
    get { side == .live ? live : canary }
    set { if side == .live { live = newValue } else { canary = newValue } }
  }
}
