import Routing

/// What each device handed to its gateway in the last 24 hours, kept up to date by reading what is new: the whole day is
/// read once, a minute of it at each look.
struct WatchedSends {
  /// An attempt is on record this long after it ended, at the latest; milliseconds.
  private static let recordingDelay: Int64 = 60_000
  /// After so long all is read again, for rows that were imported with old times; milliseconds.
  private static let validity: Int64 = 900_000

  private var recorded: [Int64: RecentSends] = [:]
  private var fresh: [Int64: RecentSends] = [:]
  private var readAt: Instant?
  /// Up to then, `recorded` has all.
  private var horizon = Instant.earliest

  mutating func read(_ db: any SQLConnection, at now: Instant) throws {
    let isStale = readAt.map { now < $0 || now.milliseconds - $0.milliseconds > WatchedSends.validity } ?? true
    if isStale {
      recorded = [:]
      readAt = now
      horizon = now.advanced(byMilliseconds: -RecentSends.day)
    }
    let next = max(horizon, now.advanced(byMilliseconds: -WatchedSends.recordingDelay))
    fresh = [:]
    try db.each(
      """
      SELECT device_id, finished_at FROM attempts INDEXED BY attempts_sent
      WHERE outcome IN ('accepted', 'unknown') AND finished_at > ?1
      ORDER BY finished_at
      """, [horizon.milliseconds]
    ) { row in
      let (device, moment) = (row["device_id"] as Int64, Instant(milliseconds: row["finished_at"]))
      if moment <= next {
        recorded[device, default: RecentSends()].add(moment)
      } else {
        fresh[device, default: RecentSends()].add(moment)
      }
    }
    horizon = next
    for device in recorded.keys { recorded[device]?.forget(before: now) }
  }

  func count(_ device: DeviceKey, window: Int64, at now: Instant) -> Int {
    (recorded[device.raw]?.count(window: window, at: now) ?? 0)
      + (fresh[device.raw]?.count(window: window, at: now) ?? 0)
  }
}
