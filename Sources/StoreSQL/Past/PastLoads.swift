import Routing

/// What each device had sent and had in its queue at a past time.
struct PastLoads {
  private let moment: Instant
  private let windows: SendWindows
  private let failures: [Int64: Int]
  private var queued: [Int64: Int] = [:]
  private var inFlight: [Int64: Int] = [:]

  /// Costs a day of sends, the messages that left or ended since, and a walk over the enrolments.
  init(_ db: any SQLConnection, at moment: Instant) throws {
    self.moment = moment
    windows = try SendWindows(reading: db, at: moment, until: moment)
    failures = try DeviceLoads.failures(db, at: moment)
    let sql = """
      WITH \(PastSQL.messages(where: PastSQL.openMessages))
      SELECT device_id, status, count(*) AS count FROM past_messages
      WHERE status IN ('pending', 'sending') GROUP BY 1, 2
      """
    try db.each(sql, [moment.milliseconds]) { row in
      let (device, status, count): (Int64, String, Int) = (row["device_id"], row["status"], row["count"])
      if status == "pending" { queued[device] = count } else { inFlight[device] = count }
    }
  }

  func load(of device: DeviceKey) -> DeviceLoad {
    DeviceLoad(
      of: windows.of(device), queued: queued[device.raw] ?? 0, inFlight: inFlight[device.raw] ?? 0,
      failuresHour: failures[device.raw] ?? 0, at: moment)
  }
}
