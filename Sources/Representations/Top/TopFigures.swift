import Foundation
import Routing
import Terminal

/// Formats figures and times for a narrow screen.
enum TopFigures {
  /// `812`, `9,999` is `9999`, then `10k`, `1.2M`.
  static func count(_ count: Int) -> String {
    switch count {
    case ..<10_000: "\(count)"
    case ..<1_000_000: "\(count / 1000)k"
    case ..<10_000_000: "\(count / 1_000_000).\(count / 100_000 % 10)M"
    default: "\(count / 1_000_000)M"
    }
  }

  /// `0`, `0.4`, `12`.
  static func rate(_ rate: Double) -> String {
    if rate == 0 { return "0" }
    if rate < 0.1 { return "<0.1" }
    if rate < 10 { return "\((rate * 10).rounded() / 10)" }
    return count(Int(rate.rounded()))
  }

  /// `8 s`, `12 min`, `3 h`, `2 d`.
  static func span(milliseconds: Int64) -> String {
    let seconds = max(0, milliseconds / 1000)
    switch seconds {
    case ..<120: return "\(seconds) s"
    case ..<7200: return "\(seconds / 60) min"
    case ..<172_800: return "\(seconds / 3600) h"
    default: return "\(seconds / 86_400) d"
    }
  }

  /// `sent 12 s ago`; `sent 8 h ahead of the clock` for a time that a clock ahead has recorded.
  static func event(_ name: String, at moment: Instant?, now: Instant) -> StyledText {
    guard let moment else { return StyledText("\(name) never") }
    let passed = now.milliseconds - moment.milliseconds
    if passed < -TimesAhead.toleranceMilliseconds {
      return StyledText("\(name) \(span(milliseconds: -passed)) ahead of the clock", .bad)
    }
    return StyledText("\(name) \(span(milliseconds: passed)) ago")
  }

  /// `09:00`, with month and day if it is not today. UTC.
  static func minute(_ moment: Instant, now: Instant) -> String {
    let text = moment.rfc3339
    let clock = text.dropFirst(11).prefix(5)
    return text.prefix(10) == now.rfc3339.prefix(10) ? String(clock) : "\(text.dropFirst(5).prefix(5)) \(clock)"
  }

  /// `09:00:05`, with its day if it is not today. UTC.
  static func time(_ moment: Instant, now: Instant) -> String {
    let text = moment.rfc3339
    let clock = String(text.dropFirst(11).prefix(8))
    return text.prefix(10) == now.rfc3339.prefix(10) ? clock : "\(text.prefix(10)) \(clock)"
  }
}
