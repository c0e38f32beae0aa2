import Routing

/// The loads of the devices of one tenant, or of all tenants, at one time.
struct DeviceLoads {
  private let now: Instant
  private let windows: SendWindows
  private let queued: [Int64: Int]
  private let inFlight: [Int64: Int]
  private let failures: [Int64: Int]

  /// `tenant` nil reads all tenants. If `windows` is nil or no longer complete for `now`, reads the sends; if
  /// `failures` is nil, reads those too. Walks over the pending and sending messages of those devices.
  init(
    reading db: any SQLConnection, of tenant: TenantKey? = nil, at now: Instant, windows: SendWindows?,
    failures: [Int64: Int]? = nil
  ) throws {
    self.now = now
    if let windows, windows.covers(now) {
      self.windows = windows
    } else {
      self.windows = try SendWindows(reading: db, at: now)
    }
    queued = try DeviceLoads.messages(db, "pending", of: tenant)
    inFlight = try DeviceLoads.messages(db, "sending", of: tenant)
    self.failures = try failures ?? DeviceLoads.failures(db, at: now)
  }

  /// The failures of the last hour of all tenants' devices, by device key.
  static func failures(_ db: any SQLConnection, at now: Instant) throws -> [Int64: Int] {
    try counts(
      db,
      """
      SELECT device_id, count(*) AS count FROM attempts INDEXED BY attempts_troubled
      WHERE outcome <> 'accepted' AND outcome <> 'not_sent' AND finished_at > ?1 AND finished_at <= ?2 GROUP BY device_id
      """, [now.milliseconds - RecentSends.hour, now.milliseconds])
  }

  /// A device with its load, as a member of a fleet.
  func member(_ device: Device) -> Fleet.Member {
    let key = device.key.raw
    return Fleet.Member(
      device: device, sends: windows.of(device.key), queued: queued[key] ?? 0, inFlight: inFlight[key] ?? 0,
      failuresHour: failures[key] ?? 0, at: now)
  }

  /// Counts messages in a status by the index for that status. Looks up each of the tenant's devices in it, so that a
  /// cycle over many tenants does not walk over all messages for each.
  static func messages(_ db: any SQLConnection, _ status: String, of tenant: TenantKey?) throws -> [Int64: Int] {
    guard let tenant else {
      return try counts(
        db, "SELECT device_id, count(*) AS count FROM broadcast_messages WHERE status = '\(status)' GROUP BY device_id")
    }
    return try counts(
      db,
      """
      SELECT m.device_id, count(*) AS count FROM user_devices d
      CROSS JOIN broadcast_messages m INDEXED BY broadcast_messages_\(status)
        ON m.device_id = d.id AND m.status = '\(status)'
      WHERE d.tenant_id = ?1 GROUP BY m.device_id
      """, [tenant.raw])
  }

  private static func counts(
    _ db: any SQLConnection, _ sql: String, _ arguments: SQLArguments = []
  ) throws -> [Int64: Int] {
    var counts: [Int64: Int] = [:]
    try db.each(sql, arguments) { row in counts[row["device_id"]] = row["count"] }
    return counts
  }
}
