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
  static func device(_ row: some ColumnReading) -> Device {
    Device(
      key: DeviceKey(row.integer(0)), id: DeviceID(stored: row.text(1)), name: row.text(2),
      phone: row.optionalText(3).map(PhoneNumber.init(stored:)), platform: row.text(4),
      status: DeviceStatus(rawValue: row.text(5)) ?? .unknown, pausedUntil: moment(row, 6), gateway: row.text(7),
      limits: DeviceLimits(minute: limit(row, 8), hour: limit(row, 9), day: limit(row, 10), inFlight: limit(row, 11)),
      pace: pace(row.number(12), row.number(13)), tags: tags(row.text(14)), lastSeenAt: moment(row, 15),
      lastSentAt: moment(row, 16), nextSendAt: moment(row, 17))
  }

  private static func moment(_ row: some ColumnReading, _ column: CInt) -> Instant? {
    row.optionalInteger(column).map(Instant.init(milliseconds:))
  }

  private static func limit(_ row: some ColumnReading, _ column: CInt) -> Int? {
    row.optionalInteger(column).map(Int.init)
  }

  private static func tags(_ text: String) -> [String] {
    text == "[]" ? [] : (try? JSONText.texts(text, "tags")) ?? []
  }

  private static func pace(_ minimum: Double, _ maximum: Double) -> Pace {
    let day = 86_400.0
    return Pace(minimumSeconds: min(minimum, day), maximumSeconds: min(maximum, day)) ?? .none
  }
}
