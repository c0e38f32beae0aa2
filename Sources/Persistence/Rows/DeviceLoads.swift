internal import GRDB
import Routing

/// The loads of all devices of all tenants at one moment.
struct DeviceLoads {
  private let now: Instant
  private let windows: SendWindows
  private let queued: [Int64: Int]
  private let inFlight: [Int64: Int]
  private let failures: [Int64: Int]

  /// `windows` nil, or no longer complete for `now`, reads them. Costs a walk over the indexes of pending and
  /// sending messages and of the last hour's failures.
  init(reading db: Database, at now: Instant, windows: SendWindows?) throws {
    self.now = now
    if let windows, windows.covers(now) {
      self.windows = windows
    } else {
      self.windows = try SendWindows(reading: db, at: now)
    }
    queued = try DeviceLoads.counts(
      db, "SELECT device_id, count(*) FROM broadcast_messages WHERE status = 'pending' GROUP BY device_id")
    inFlight = try DeviceLoads.counts(
      db, "SELECT device_id, count(*) FROM broadcast_messages WHERE status = 'sending' GROUP BY device_id")
    failures = try DeviceLoads.counts(
      db,
      """
      SELECT device_id, count(*) FROM attempts INDEXED BY attempts_troubled
      WHERE outcome <> 'accepted' AND finished_at > ? AND finished_at <= ? GROUP BY device_id
      """, [now.milliseconds - RecentSends.hour, now.milliseconds])
  }

  /// A device with its load, as a fleet has it.
  func member(_ device: Device) -> Fleet.Member {
    let sends = windows.of(device.key)
    let key = device.key.raw
    let load = DeviceLoad(
      sentMinute: sends.count(window: RecentSends.minute, at: now),
      sentHour: sends.count(window: RecentSends.hour, at: now),
      sentDay: sends.count(window: RecentSends.day, at: now),
      queued: queued[key] ?? 0, inFlight: inFlight[key] ?? 0, failuresHour: failures[key] ?? 0)
    return Fleet.Member(device: device, load: load, sends: sends)
  }

  private static func counts(_ db: Database, _ sql: String, _ arguments: StatementArguments = []) throws
    -> [Int64: Int]
  {
    var counts: [Int64: Int] = [:]
    let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
    while let row = try rows.next() { counts[row[0]] = row[1] }
    return counts
  }
}
