import Representations
import Routing

extension HoldNotice {
  /// Says on standard error which holds are in force, or were at `moment`. Says nothing if there are none.
  static func say(_ store: any Store, at moment: Instant? = nil) throws {
    for line in HoldNotice(try store.holds(at: moment)).lines { TerminalOutput.note(line) }
  }

  /// The same for a command whose table shows the holds itself: only for the formats that are for programs.
  static func say(_ store: any Store, at moment: Instant? = nil, unlessTable format: ListingFormat) throws {
    if format != .table { try say(store, at: moment) }
  }
}
