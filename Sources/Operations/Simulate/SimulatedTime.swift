import Routing

/// A time in a simulation, as people write it: `10:00`, `+2h`, or a full time.
package struct SimulatedTime: Equatable, Sendable {
  private enum Form: Equatable, Sendable {
    /// Minutes of a day in UTC.
    case ofDay(Int64)
    case afterStart(milliseconds: Int64)
    case full(Instant)
  }

  /// The description of a valid time in errors.
  package static let expected = "a time such as 10:00, +2h or 2026-11-22T10:00:00Z"

  /// As it was written.
  package let text: String
  private let form: Form

  /// Nil for anything else.
  package init?(_ text: String) {
    self.text = text
    if let instant = Instant(rfc3339: text) {
      form = .full(instant)
    } else if let minutes = SimulatedTime.minutes(text) {
      form = .ofDay(minutes)
    } else if text.hasPrefix("+"), let unit = text.last.flatMap({ SimulatedTime.units[$0] }),
      let count = Int64(text.dropFirst().dropLast()), (0...1_000_000).contains(count)
    {
      form = .afterStart(milliseconds: count * unit)
    } else {
      return nil
    }
  }

  /// The time in a run that begins at `start`. A time of day is the first one not before `earliest`.
  package func moment(start: Instant, from earliest: Instant) -> Instant {
    switch form {
    case .full(let instant): return instant
    case .afterStart(let milliseconds): return start.advanced(byMilliseconds: milliseconds)
    case .ofDay(let minutes):
      let day: Int64 = 86_400_000
      let passed = earliest.milliseconds - minutes * 60_000
      let days = passed > 0 ? (passed + day - 1) / day : passed / day
      return Instant(milliseconds: days * day + minutes * 60_000)
    }
  }

  private static let units: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]

  private static func minutes(_ text: String) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { ("0"..."9").contains($0) } }),
      let hour = Int64(parts[0]), let minute = Int64(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }
}
