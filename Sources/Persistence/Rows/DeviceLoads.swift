internal import GRDB
import Routing

/// The loads of the devices of one tenant, or of all tenants, at one moment.
struct DeviceLoads {
  private let now: Instant
  private let windows: SendWindows
  private let queued: [Int64: Int]
  private let inFlight: [Int64: Int]
  private let failures: [Int64: Int]

  /// `tenant` nil: of all tenants. `windows` nil, or no longer complete for `now`, reads them, and so does `failures` nil.
  /// Costs a walk over the pending and sending messages of those devices.
  init(
    reading db: Database, of tenant: TenantKey? = nil, at now: Instant, windows: SendWindows?,
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

  /// The last hour's failures of all tenants' devices, by their keys.
  static func failures(_ db: Database, at now: Instant) throws -> [Int64: Int] {
    try counts(
      db,
      """
      SELECT device_id, count(*) FROM attempts INDEXED BY attempts_troubled
      WHERE outcome <> 'accepted' AND outcome <> 'not_sent' AND finished_at > ? AND finished_at <= ? GROUP BY device_id
      """, [now.milliseconds - RecentSends.hour, now.milliseconds])
  }

  /// A device with its load, as a fleet has it.
  func member(_ device: Device) -> Fleet.Member {
    let key = device.key.raw
    return Fleet.Member(
      device: device, sends: windows.of(device.key), queued: queued[key] ?? 0, inFlight: inFlight[key] ?? 0,
      failuresHour: failures[key] ?? 0, at: now)
  }

  /// The messages in a status, by the index that is named after it: each tenant's devices are looked up in it, so that
  /// a cycle over many tenants does not walk over all messages for each.
  static func messages(_ db: Database, _ status: String, of tenant: TenantKey?) throws -> [Int64: Int] {
    guard let tenant else {
      return try counts(
        db, "SELECT device_id, count(*) FROM broadcast_messages WHERE status = '\(status)' GROUP BY device_id")
    }
    return try counts(
      db,
      """
      SELECT m.device_id, count(*) FROM user_devices d
      CROSS JOIN broadcast_messages m INDEXED BY broadcast_messages_\(status)
        ON m.device_id = d.id AND m.status = '\(status)'
      WHERE d.tenant_id = ? GROUP BY m.device_id
      """, [tenant.raw])
  }

  private static func counts(_ db: Database, _ sql: String, _ arguments: [Int64] = []) throws -> [Int64: Int] {
    var counts: [Int64: Int] = [:]
    let rows = try RawStatement(lentBy: db, sql)
    for (index, argument) in arguments.enumerated() { rows.bind(CInt(index + 1), argument) }
    while try rows.step() { counts[rows.integer(0)] = Int(rows.integer(1)) }
    return counts
  }
}
