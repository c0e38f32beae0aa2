import Foundation
import Routing

/// Formats times for people: in UTC and in the tenant's zone, with the day if it is not today.
package struct TimeText {
  private let today: Substring
  /// Nil for UTC, and for a zone that this machine does not have.
  private let zone: TimeZone?

  /// `zone`: the name of a time zone, such as `Asia/Kuala_Lumpur`.
  package init(now: Instant, zone name: String) {
    today = Day(now).date
    zone = ["UTC", "GMT", "Etc/UTC"].contains(name) ? nil : TimeZone(identifier: name)
  }

  /// `10:00 UTC`, `2026-11-23 02:00 UTC (10:00 +08:00)`.
  package func text(_ moment: Instant) -> String {
    let utc = Day(moment)
    return text(moment, shown: (utc.date == today ? "" : utc.date + " ") + utc.time)
  }

  /// The same, always with its day.
  package func full(_ moment: Instant) -> String {
    let utc = Day(moment)
    return text(moment, shown: utc.date + " " + utc.time)
  }

  private func text(_ moment: Instant, shown: Substring) -> String {
    guard let zone else { return "\(shown) UTC" }
    let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000))
    let local = Day(moment.advanced(bySeconds: Int64(offset)))
    let day = local.date == Day(moment).date ? "" : local.date + " "
    return "\(shown) UTC (\(day)\(local.time) \(TimeText.sign(offset)))"
  }

  private static func sign(_ offset: Int) -> String {
    let minutes = abs(offset) / 60
    let digits = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
    return (offset < 0 ? "-" : "+") + digits(minutes / 60) + ":" + digits(minutes % 60)
  }

  /// The day of a time, and its time without trailing zeros.
  private struct Day {
    let date: Substring
    let time: Substring

    init(_ moment: Instant) {
      let text = moment.rfc3339
      date = text.prefix(10)
      let clock = text.dropFirst(11).prefix(8)
      time = clock.hasSuffix(":00") ? clock.prefix(5) : clock
    }
  }
}
