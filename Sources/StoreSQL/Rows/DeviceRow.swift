import Routing

/// The columns of `user_devices` `d` that make a device; first in their SELECT.
enum FleetColumn: Int, SQLColumn {
  case key, id, name, phone, platform, status, pausedUntil, gateway, limitMinute, limitHour, limitDay, limitQueue,
    paceMinimum, paceMaximum, tags, attributes, activatedAt, lastSeenAt, lastSentAt, nextSendAt

  var expression: String {
    switch self {
    case .key: "d.id"
    case .id: "d.external_id"
    case .name: "d.device_name"
    case .phone: "d.phone"
    case .platform: "d.platform"
    case .status: "d.status"
    case .pausedUntil: "d.paused_until"
    case .gateway: "d.gateway"
    case .limitMinute: "d.limit_minute"
    case .limitHour: "d.limit_hour"
    case .limitDay: "d.limit_day"
    case .limitQueue: "d.limit_queue"
    case .paceMinimum: "d.pace_min_s"
    case .paceMaximum: "d.pace_max_s"
    case .tags: "d.tags"
    case .attributes: "d.attributes"
    case .activatedAt: "d.activated_at"
    case .lastSeenAt: "d.last_seen_at"
    case .lastSentAt: "d.last_sent_at"
    case .nextSendAt: "d.next_send_at"
    }
  }
}

/// Converts a row of `user_devices` to a `Device`.
enum DeviceRow {
  /// The columns that `device(_:)` reads, from a table called `d`; first in the SELECT.
  static let columns = FleetColumn.select

  /// Unknown values are read on the safe side: with an unknown status or pace a device sends nothing or slowly; tags
  /// that are not strings and attributes that are not an object are left out. One bad row must not stop a fleet (I-47).
  static func device(_ row: SQLRow) -> Device {
    let (tags, attributes): (String, String) = (row[FleetColumn.tags], row[FleetColumn.attributes])
    return Device(
      key: DeviceKey(row[FleetColumn.key]), id: DeviceID(stored: row[FleetColumn.id]), name: row[FleetColumn.name],
      phone: (row[FleetColumn.phone] as String?).map(PhoneNumber.init(stored:)),
      platform: row[FleetColumn.platform], status: DeviceStatus(rawValue: row[FleetColumn.status]) ?? .unknown,
      pausedUntil: row[FleetColumn.pausedUntil], gateway: row[FleetColumn.gateway],
      limits: DeviceLimits(
        minute: row[FleetColumn.limitMinute], hour: row[FleetColumn.limitHour], day: row[FleetColumn.limitDay],
        queue: row[FleetColumn.limitQueue]),
      pace: pace(row[FleetColumn.paceMinimum], row[FleetColumn.paceMaximum]),
      tags: tags == "[]" ? [] : (try? JSONText.texts(tags, "tags")) ?? [],
      attributes: attributes == "{}" ? [] : (try? JSONText.parameters(attributes, "attributes")) ?? [],
      activatedAt: row[FleetColumn.activatedAt],
      lastSeenAt: row[FleetColumn.lastSeenAt], lastSentAt: row[FleetColumn.lastSentAt],
      nextSendAt: row[FleetColumn.nextSendAt])
  }

  private static func pace(_ minimum: Double, _ maximum: Double) -> Pace {
    let day = 86_400.0
    return Pace(minimumSeconds: min(minimum, day), maximumSeconds: min(maximum, day)) ?? .none
  }
}
