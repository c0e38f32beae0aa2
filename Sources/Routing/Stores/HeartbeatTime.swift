/// A time together with the machine's uptime, so that ages stay correct when the clock is changed.
package struct HeartbeatTime: Equatable, Sendable {
  /// The time of the machine's clock.
  package var clock: Instant
  /// Milliseconds since the machine was booted, including sleep.
  package var uptime: Int64
  /// The id of the boot.
  package var boot: String

  /// All three must be read at the same time.
  package init(clock: Instant, uptime: Int64, boot: String) {
    (self.clock, self.uptime, self.boot) = (clock, uptime, boot)
  }

  /// Milliseconds from this time to `now`, never negative: by uptime within one boot, otherwise by the clock.
  package func age(at now: HeartbeatTime) -> Int64 {
    let (from, to) = boot == now.boot ? (uptime, now.uptime) : (clock.milliseconds, now.clock.milliseconds)
    let (age, overflow) = to.subtractingReportingOverflow(from)
    return overflow ? (to < from ? 0 : .max) : max(0, age)
  }
}
