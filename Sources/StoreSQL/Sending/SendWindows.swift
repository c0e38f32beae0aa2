import Routing

/// What each device has handed to its gateway lately: the ledger behind the rolling caps (I-67).
///
/// Counted are attempts that the gateway accepted or may have, at the moment they ended.
package struct SendWindows: Sendable {
  /// Two threads' clocks may be this far apart before what was forgotten has to be read again; milliseconds.
  package static let slack: Int64 = 60_000

  private var sends: [DeviceKey: RecentSends] = [:]
  /// From this moment on, and for no earlier one, the windows are complete.
  private var completeFrom: Instant
  /// `SQLStore.changeToken` when the windows were read; another one means that they have to be read again.
  private let token: Int64

  /// Reads the last 24 hours before `now`, and what was sent later, at most until `end`. Costs a walk over an index of the
  /// sends in them. `token`: for windows that are kept.
  package init(
    reading db: any SQLConnection, at now: Instant, until end: Instant = .latest, token: Int64 = 0
  ) throws {
    completeFrom = now.advanced(byMilliseconds: -SendWindows.slack)
    self.token = token
    let rows = try db.statement(
      """
      SELECT device_id, finished_at FROM attempts INDEXED BY attempts_sent
      WHERE outcome IN ('accepted', 'unknown') AND finished_at > ?1 AND finished_at <= ?2
      ORDER BY finished_at
      """)
    rows.bind(2, end.milliseconds)
    rows.bind(1, completeFrom.advanced(byMilliseconds: -RecentSends.day).milliseconds)
    let columns = SQLRow(rows)
    while try rows.step() {
      sends[DeviceKey(columns["device_id"]), default: RecentSends()].add(
        Instant(milliseconds: columns["finished_at"]))
    }
  }

  /// Whether nothing that a window at `now` can see was forgotten, and nobody else wrote since the windows were read.
  package func isCurrent(at now: Instant, token: Int64) -> Bool { covers(now) && token == self.token }

  /// Whether nothing that a window at `now` can see was forgotten.
  package func covers(_ now: Instant) -> Bool { now >= completeFrom }

  /// Empty for a device that sent nothing. One hash.
  package func of(_ device: DeviceKey) -> RecentSends { sends[device] ?? RecentSends() }

  /// Counts a send of this process, and drops what no window can see any more.
  package mutating func add(_ device: DeviceKey, at moment: Instant) {
    let horizon = moment.advanced(byMilliseconds: -SendWindows.slack)
    completeFrom = max(completeFrom, horizon)
    sends[device, default: RecentSends()].add(moment)
    sends[device]?.forget(before: horizon)
  }
}
