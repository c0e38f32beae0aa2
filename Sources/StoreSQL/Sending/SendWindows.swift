import Routing

/// The recent sends of each device, used for the rolling caps (I-67).
///
/// Counts attempts that the gateway accepted, or may have accepted, at the time they ended.
package struct SendWindows: Sendable {
  /// The clocks of two threads may differ this much before dropped sends have to be read again; milliseconds.
  package static let slack: Int64 = 60_000

  private var sends: [DeviceKey: RecentSends] = [:]
  /// The windows are complete from this time on, and not for earlier times.
  private var completeFrom: Instant
  /// `SQLStore.changeToken` when the windows were read; if it changes, they must be read again.
  private let token: Int64

  /// Reads the sends of the last 24 hours before `now` and later ones, at most until `end`. Costs what `SendPeriods.read`
  /// costs. `token` is for windows that are kept.
  package init(
    reading db: any SQLConnection, at now: Instant, until end: Instant = .latest, token: Int64 = 0
  ) throws {
    completeFrom = now.advanced(byMilliseconds: -SendWindows.slack)
    self.token = token
    let start = completeFrom.advanced(byMilliseconds: -RecentSends.day)
    var sends: [DeviceKey: RecentSends] = [:]
    try SendPeriods(db).read(after: start, until: end) { device, times in
      sends[device, default: RecentSends()].add(sorted: times)
    }
    self.sends = sends
  }

  /// Whether the windows still have all sends needed at `now`, and nobody else has written since they were read.
  package func isCurrent(at now: Instant, token: Int64) -> Bool { covers(now) && token == self.token }

  /// Whether the windows still have all sends needed at `now`.
  package func covers(_ now: Instant) -> Bool { now >= completeFrom }

  /// Empty for a device without sends. Costs one hash lookup.
  package func of(_ device: DeviceKey) -> RecentSends { sends[device] ?? RecentSends() }

  /// Adds a send of this process, and drops sends too old for any window.
  package mutating func add(_ device: DeviceKey, at moment: Instant) {
    let horizon = moment.advanced(byMilliseconds: -SendWindows.slack)
    completeFrom = max(completeFrom, horizon)
    sends[device, default: RecentSends()].add(moment)
    sends[device]?.forget(before: horizon)
  }
}
