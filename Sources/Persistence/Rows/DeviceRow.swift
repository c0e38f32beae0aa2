internal import GRDB
import Routing

/// A row of `user_devices` as the domain knows it.
enum DeviceRow {
  /// What `device(_:)` reads, from a table called `d`, in this order.
  static let columns = """
    d.id, d.external_id, d.device_name, d.phone, d.platform, d.status, d.paused_until, d.gateway, d.limit_minute,
    d.limit_hour, d.limit_day, d.limit_in_flight, d.pace_min_s, d.pace_max_s, d.tags, d.last_seen_at,
    d.last_sent_at, d.next_send_at
    """

  /// A value that the domain does not know is read on the safe side: an unknown status or pace sends nothing or
  /// slowly, tags that are no texts are left out. One bad row must not stop a fleet (I-47).
  static func device(_ row: Row) -> Device {
    Device(
      key: DeviceKey(row[0]), id: DeviceID(stored: row[1]), name: row[2],
      phone: (row[3] as String?).map(PhoneNumber.init(stored:)), platform: row[4],
      status: DeviceStatus(rawValue: row[5]) ?? .unknown, pausedUntil: moment(row[6]), gateway: row[7],
      limits: DeviceLimits(minute: row[8], hour: row[9], day: row[10], inFlight: row[11]),
      pace: pace(row[12], row[13]), tags: (try? JSONText.texts(row[14], "tags")) ?? [],
      lastSeenAt: moment(row[15]), lastSentAt: moment(row[16]), nextSendAt: moment(row[17]))
  }

  private static func moment(_ milliseconds: Int64?) -> Instant? {
    milliseconds.map(Instant.init(milliseconds:))
  }

  private static func pace(_ minimum: Double, _ maximum: Double) -> Pace {
    let day = 86_400.0
    return Pace(minimumSeconds: min(minimum, day), maximumSeconds: min(maximum, day)) ?? .none
  }
}
