/// Where the time comes from: the only source of it outside the composition root's system clock.
package protocol Clock: Sendable {
  func now() -> Instant
}

/// A clock that always tells the same time, for one cycle at a given moment.
package struct FixedClock: Clock {
  private let moment: Instant
  package init(_ moment: Instant) { self.moment = moment }
  package func now() -> Instant { moment }
}
