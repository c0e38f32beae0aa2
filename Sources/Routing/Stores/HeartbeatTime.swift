/// A moment as one boot of the machine counts it, so that an age is right whatever was done to the clock since.
package struct HeartbeatTime: Equatable, Sendable {
  /// What the machine's clock said.
  package var clock: Instant
  /// Milliseconds since the machine was started, sleep included.
  package var uptime: Int64
  /// Names the boot.
  package var boot: String

  /// All three must be read at the same moment.
  package init(clock: Instant, uptime: Int64, boot: String) {
    (self.clock, self.uptime, self.boot) = (clock, uptime, boot)
  }

  /// Milliseconds from here to `now`, never negative: by the uptime within one boot, else by the clock.
  package func age(at now: HeartbeatTime) -> Int64 {
    let (from, to) = boot == now.boot ? (uptime, now.uptime) : (clock.milliseconds, now.clock.milliseconds)
    let (age, overflow) = to.subtractingReportingOverflow(from)
    return overflow ? (to < from ? 0 : .max) : max(0, age)
  }
}
