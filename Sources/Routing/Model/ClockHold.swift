/// Why sending is held because of the clock: the reasons of holds of kind `clock`. Each says what to do.
package enum ClockHold {
  /// What an operator does about it, at the end of each reason.
  package static let advice = "check the clock, then run `usher store clock accept --reason TEXT`"

  /// For a start that finds `newest` on record, ahead of the clock.
  package static func reason(newest: Instant, now: Instant) -> String {
    let distance = ClockDistance.text(milliseconds: newest.milliseconds - now.milliseconds)
    return "the newest time on record, \(newest.rfc3339), is \(distance) ahead of the clock: \(advice)"
  }

  /// For a clock that jumped while the process ran; `milliseconds` is negative for a jump back.
  package static func reason(jump milliseconds: Int64) -> String { "\(sentence(jump: milliseconds)): \(advice)" }

  /// Such as `the clock jumped 8 h ahead`.
  package static func sentence(jump milliseconds: Int64) -> String {
    "the clock jumped \(ClockDistance.text(milliseconds: milliseconds)) \(milliseconds < 0 ? "back" : "ahead")"
  }
}
