import Representations
import Routing

extension HoldNotice {
  /// Prints the holds in force, or those at `moment`, to standard error. Prints nothing if there are none.
  static func say(_ store: any Store, at moment: Instant? = nil) throws {
    for line in HoldNotice(try store.holds(at: moment)).lines { TerminalOutput.note(line) }
  }

  /// For a command whose table already shows the holds: prints them only if the format is `json` or `csv`.
  static func say(_ store: any Store, at moment: Instant? = nil, unlessTable format: ListingFormat) throws {
    if format != .table { try say(store, at: moment) }
  }
}
