/// Recorded times that lie ahead of the machine's clock: what a clock that was ahead for a while leaves behind.
///
/// Times that are meant to lie ahead are not among them: the end of an operator's pause, the time at which a step is due,
/// a pace or a lease within its longest length.
package struct TimesAhead: Equatable, Sendable {
  /// What carries a time ahead, in the order of reports. Raw values are those of JSON.
  package enum Kind: String, CaseIterable, Sendable {
    /// Attempts that begin or end ahead. Those that sent a message count towards the caps.
    case attempts
    /// Queued messages that were created ahead, after their step was due.
    case messages
    /// Messages being sent whose lease is longer than any lease.
    case leases
    /// Contacts that were enrolled, sent to, or made to wait ahead.
    case contacts
    /// Devices whose pace, last message or last sign of life lies ahead.
    case devices
    /// Pauses of devices that Usher began ahead, after a fault of the device.
    case pauses
    /// Policies that were suspended ahead.
    case suspensions
    /// Decisions, which are history: they are never changed.
    case decisions
  }

  /// The rows of one kind.
  package struct Line: Equatable, Sendable {
    /// What the rows are.
    package var kind: Kind
    /// At least 1.
    package var count: Int
    /// The latest time of these rows.
    package var newest: Instant

    /// `count` must not be 0.
    package init(kind: Kind, count: Int, newest: Instant) {
      (self.kind, self.count, self.newest) = (kind, count, newest)
    }
  }

  /// The clock with which the times were compared.
  package var now: Instant
  /// Only kinds with such rows, in the order of `Kind`.
  package var lines: [Line]

  /// `lines` in the order of `Kind`.
  package init(now: Instant, lines: [Line]) { (self.now, self.lines) = (now, lines) }

  /// How far a time may lie ahead before sending is held at a start, and before a report counts it; milliseconds.
  /// Corrections of a clock by a time server are smaller.
  package static let toleranceMilliseconds: Int64 = 60_000

  /// The number of rows of all kinds.
  package var count: Int { lines.reduce(0) { $0 + $1.count } }

  /// The latest of all these times; nil without any.
  package var newest: Instant? { lines.map(\.newest).max() }

  /// Each kind with its number of rows and its newest time, such as
  /// `2 attempts, the newest at 2026-11-22T18:00:30Z`.
  package var sentences: [String] {
    lines.map { "\($0.kind.text($0.count)), the newest at \($0.newest.rfc3339)" }
  }
}

extension TimesAhead.Kind {
  /// The count with its noun: `1 attempt`, `2 attempts`.
  package func text(_ count: Int) -> String {
    "\(count) \(count == 1 ? String(rawValue.dropLast()) : rawValue)"
  }
}

/// How far two clocks are apart, in words.
package enum ClockDistance {
  /// `8 h`, `90 min`, `12 s`, `3 d`: a whole number of the largest unit that has at least two of them. The sign of
  /// `milliseconds` has no effect.
  package static func text(milliseconds: Int64) -> String {
    let seconds = milliseconds.magnitude / 1000
    switch seconds {
    case ..<120: return "\(seconds) s"
    case ..<7200: return "\(seconds / 60) min"
    case ..<172_800: return "\(seconds / 3600) h"
    default: return "\(seconds / 86_400) d"
    }
  }
}
