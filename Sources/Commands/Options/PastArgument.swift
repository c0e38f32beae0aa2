import ArgumentParser
import Routing

/// A past time on the command line: `24h` ago, or 2026-11-22T09:00:00Z.
struct PastArgument: ExpressibleByArgument {
  private enum Moment {
    case ago(Int64)
    case at(Instant)
  }

  private let moment: Moment

  init?(argument: String) {
    if let span = SpanArgument(argument: argument) {
      moment = .ago(span.seconds)
    } else if let instant = Instant(rfc3339: argument) {
      moment = .at(instant)
    } else {
      return nil
    }
  }

  func instant(before now: Instant) -> Instant {
    switch moment {
    case .ago(let seconds): now.advanced(bySeconds: -seconds)
    case .at(let instant): instant
    }
  }
}
