import Routing

/// The sends of each device in the last 24 hours. The first read covers the whole day; each later look reads about the
/// last minute.
struct WatchedSends {
  /// An attempt is recorded within this time after it ended; milliseconds.
  private static let recordingDelay: Int64 = 60_000
  /// Everything is read again after this time, because imports may add rows with old times; milliseconds.
  private static let validity: Int64 = 900_000

  private var recorded: [Int64: RecentSends] = [:]
  private var fresh: [Int64: RecentSends] = [:]
  private var readAt: Instant?
  /// `recorded` is complete up to this time.
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
    try SendPeriods(db).read(after: horizon, until: .latest) { device, times in
      if let last = times.last, last <= next.milliseconds {
        recorded[device.raw, default: RecentSends()].add(sorted: times)
      } else {
        for time in times {
          let moment = Instant(milliseconds: time)
          if moment <= next {
            recorded[device.raw, default: RecentSends()].add(moment)
          } else {
            fresh[device.raw, default: RecentSends()].add(moment)
          }
        }
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
