internal import GRDB
import Routing

/// What each device has handed to its gateway lately: the ledger behind the rolling caps (I-67).
///
/// Counted are attempts that the gateway accepted or may have, at the moment they ended.
struct SendWindows: Sendable {
  /// Two threads' clocks may be this far apart before what was forgotten has to be read again; milliseconds.
  static let slack: Int64 = 60_000

  private var sends: [DeviceKey: RecentSends] = [:]
  /// From this moment on, and for no earlier one, the windows are complete.
  private var completeFrom: Instant

  /// Reads the last 24 hours before `now`. Costs a walk over an index of the sends in them.
  init(reading db: Database, at now: Instant) throws {
    completeFrom = now.advanced(byMilliseconds: -SendWindows.slack)
    let rows = try RawStatement(
      db,
      """
      SELECT device_id, finished_at FROM attempts INDEXED BY attempts_sent
      WHERE outcome IN ('accepted', 'unknown') AND finished_at > ?1
      ORDER BY finished_at
      """)
    rows.bind(1, completeFrom.advanced(byMilliseconds: -RecentSends.day).milliseconds)
    while try rows.step() {
      sends[DeviceKey(rows.integer(0)), default: RecentSends()].add(Instant(milliseconds: rows.integer(1)))
    }
  }

  /// Whether nothing that a window at `now` can see was forgotten.
  func covers(_ now: Instant) -> Bool { now >= completeFrom }

  func of(_ device: DeviceKey) -> RecentSends { sends[device] ?? RecentSends() }

  mutating func add(_ device: DeviceKey, at moment: Instant) {
    let horizon = moment.advanced(byMilliseconds: -SendWindows.slack)
    completeFrom = max(completeFrom, horizon)
    sends[device, default: RecentSends()].add(moment)
    sends[device]?.forget(before: horizon)
  }
}
