import Routing
import Synchronization

/// A clock that goes when it is told to.
final class DemoClock: Clock {
  private let moment: Mutex<Instant>
  init(_ start: Instant) { moment = Mutex(start) }
  func now() -> Instant { moment.withLock { $0 } }
  func advance(seconds: Int64) { moment.withLock { $0 = $0.advanced(bySeconds: seconds) } }
}
