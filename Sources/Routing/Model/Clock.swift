import Synchronization

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

/// A clock that goes when it is told to: for tests, and for whatever lives through hours in seconds.
package final class ManualClock: Clock {
  private let moment: Mutex<Instant>
  package init(_ start: Instant) { moment = Mutex(start) }
  package func now() -> Instant { moment.withLock { $0 } }
  package func set(_ instant: Instant) { moment.withLock { $0 = instant } }
  package func advance(seconds: Int64) { moment.withLock { $0 = $0.advanced(bySeconds: seconds) } }
}
