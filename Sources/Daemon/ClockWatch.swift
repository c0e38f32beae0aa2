import Routing
import Synchronization

/// Notices jumps of the wall clock: compares it with a clock that only goes forward, also while the machine sleeps.
final class ClockWatch: Sendable {
  /// Both clocks, read at nearly the same time; milliseconds.
  private struct Reading {
    var wall: Instant
    var boot: Int64
  }

  /// The clocks may drift apart by less than this before it counts as a jump. A time server corrects by smaller steps.
  static let toleranceMilliseconds: Int64 = 10_000
  /// How long a reading is compared with. Within this time a slow correction stays far below the tolerance.
  private static let anchorMilliseconds: Int64 = 600_000
  /// A reading that took longer than this was interrupted and is made again.
  private static let readingMilliseconds: Int64 = 500

  private let wall: any Clock
  private let boot: @Sendable () -> Int64
  private let anchor: Mutex<Reading>

  /// `boot`: milliseconds since the machine was booted, including sleep.
  init(wall: any Clock, boot: @escaping @Sendable () -> Int64) {
    (self.wall, self.boot) = (wall, boot)
    anchor = Mutex(ClockWatch.read(wall, boot))
  }

  /// By how much the wall clock jumped, in milliseconds; negative for a jump back. Nil if it did not. A jump is returned
  /// once. Costs three reads of clocks.
  func jump() -> Int64? {
    let now = ClockWatch.read(wall, boot)
    return anchor.withLock { anchor in
      let passed = now.boot - anchor.boot
      let drift = now.wall.milliseconds - anchor.wall.milliseconds - passed
      let isJump = drift.magnitude > UInt64(ClockWatch.toleranceMilliseconds)
      if isJump || passed > ClockWatch.anchorMilliseconds { anchor = now }
      return isJump ? drift : nil
    }
  }

  /// The process may be stopped between two reads, which would look like a jump.
  private static func read(_ wall: any Clock, _ boot: () -> Int64) -> Reading {
    var reading = Reading(wall: wall.now(), boot: boot())
    for _ in 0..<3 {
      let start = boot()
      reading = Reading(wall: wall.now(), boot: boot())
      if reading.boot - start <= readingMilliseconds { break }
    }
    return reading
  }
}
