import Synchronization

/// The source of the current time. Only the composition root's system clock reads the real one.
package protocol Clock: Sendable {
  func now() -> Instant
}

/// A clock that always returns the same time, for one cycle at a given time.
package struct FixedClock: Clock {
  private let moment: Instant
  /// Every `now()` returns `moment`.
  package init(_ moment: Instant) { self.moment = moment }
  /// The time that the clock was created with.
  package func now() -> Instant { moment }
}

/// A clock that only moves when told to: for tests, and for simulations of hours in seconds.
package final class ManualClock: Clock {
  private let moment: Mutex<Instant>
  /// Stays at `start` until it is set or advanced.
  package init(_ start: Instant) { moment = Mutex(start) }
  /// The time set last; safe from any thread.
  package func now() -> Instant { moment.withLock { $0 } }
  /// Jumps to a time, forwards or backwards.
  package func set(_ instant: Instant) { moment.withLock { $0 = instant } }
  /// Moves the clock forward; negative seconds move it back.
  package func advance(seconds: Int64) { moment.withLock { $0 = $0.advanced(bySeconds: seconds) } }
}
