import Synchronization

/// Where the time comes from: the only source of it outside the composition root's system clock.
package protocol Clock: Sendable {
  func now() -> Instant
}

/// A clock that always tells the same time, for one cycle at a given moment.
package struct FixedClock: Clock {
  private let moment: Instant
  /// Every `now()` returns `moment`.
  package init(_ moment: Instant) { self.moment = moment }
  /// The moment that the clock was made with.
  package func now() -> Instant { moment }
}

/// A clock that goes when it is told to: for tests, and for whatever lives through hours in seconds.
package final class ManualClock: Clock {
  private let moment: Mutex<Instant>
  /// Stands at `start` until it is set or advanced.
  package init(_ start: Instant) { moment = Mutex(start) }
  /// The moment last set; safe from any thread.
  package func now() -> Instant { moment.withLock { $0 } }
  /// Jumps to a moment, forwards or backwards.
  package func set(_ instant: Instant) { moment.withLock { $0 = instant } }
  /// Moves the clock on; negative seconds set it back.
  package func advance(seconds: Int64) { moment.withLock { $0 = $0.advanced(bySeconds: seconds) } }
}
