import Representations
import Routing
import Terminal

/// Says on standard error that sending is on hold: below what a command prints, where it matters.
enum HoldNotice {
  /// More are counted only.
  private static let most = 10

  /// For a command whose table says it below: only for the other formats, which are for programs.
  static func say(_ store: any Store, at moment: Instant? = nil, unlessTable format: ListingFormat) throws {
    if format != .table { try say(store, at: moment) }
  }

  /// Nothing when nothing is on hold, or was at `moment`.
  static func say(_ store: any Store, at moment: Instant? = nil) throws {
    let holds = try store.holds(at: moment)
    for hold in holds.prefix(most) { Talk.say(StyledText(hold.sentence, .warning)) }
    if holds.count > most { Talk.say(StyledText("and \(holds.count - most) more holds", .warning)) }
  }
}
