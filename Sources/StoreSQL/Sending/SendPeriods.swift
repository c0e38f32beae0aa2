import Routing

/// The sends of each device, packed by periods of 15 minutes, so that a start reads 96 rows for each device and day
/// instead of one row for each send.
///
/// The attempts stay the record. The leader packs the periods that have ended; the kept range has no gaps. Whoever writes a
/// send with a time inside the kept range calls `forget` in the same transaction, so the packed sends always equal the
/// attempts. Reads are exact to the millisecond.
struct SendPeriods {
  /// Milliseconds.
  static let length: Int64 = 900_000
  /// Packed periods are kept for this time: the longest window, and one hour for clocks that differ; milliseconds.
  static let kept: Int64 = RecentSends.day + RecentSends.hour
  /// Periods packed in one transaction, which bounds the time for which it blocks other writers.
  static let packedAtOnce: Int64 = 8

  private let db: any SQLConnection

  /// For one transaction.
  init(_ db: any SQLConnection) { self.db = db }

  /// The times from `from` up to `until`, exclusive. Both are multiples of `length`.
  private struct Range {
    var from: Int64
    var until: Int64
  }

  private func range() throws -> Range? {
    let found = try db.first("SELECT sends_from, sends_until FROM kept_totals WHERE id = 1") { row -> Range? in
      guard let from = row["sends_from"] as Int64?, let until = row["sends_until"] as Int64? else { return nil }
      return Range(from: from, until: until)
    }
    return found ?? nil
  }

  // MARK: - Reading

  /// Calls `body` for the sends after `start`, at most until `end`: with a device and its times in ascending order, once for
  /// each period and for each later send. The calls for a device are in order of time.
  ///
  /// Costs a row for each device and packed period, and one for each send outside them.
  func read(after start: Instant, until end: Instant, _ body: (DeviceKey, [Int64]) -> Void) throws {
    var later = start.milliseconds
    if let range = try range(), range.from <= later, later < range.until {
      try readPacked(after: later, before: min(range.until, end.milliseconds.advancedUnlessMax), body)
      later = range.until - 1
    }
    let rows = try db.statement(
      """
      SELECT device_id, finished_at FROM attempts INDEXED BY attempts_sent
      WHERE outcome IN ('accepted', 'unknown') AND finished_at > ?1 AND finished_at <= ?2
      ORDER BY finished_at
      """)
    rows.bind(1, later)
    rows.bind(2, end.milliseconds)
    let columns = SQLRow(rows)
    while try rows.step() { body(DeviceKey(columns["device_id"]), [columns["finished_at"]]) }
  }

  private func readPacked(after start: Int64, before end: Int64, _ body: (DeviceKey, [Int64]) -> Void) throws {
    let rows = try db.statement(
      "SELECT period, device_id, sends FROM send_periods WHERE period >= ?1 AND period < ?2 ORDER BY period")
    rows.bind(1, SendPeriods.number(of: start))
    rows.bind(2, SendPeriods.number(of: end - 1) + 1)
    let columns = SQLRow(rows)
    while try rows.step() {
      let (period, device): (Int64, Int64) = (columns["period"], columns["device_id"])
      let (first, bytes): (Int64, [UInt8]) = (period * SendPeriods.length, columns["sends"])
      var times = SendPeriods.unpacked(bytes, from: first)
      if first <= start || first + SendPeriods.length > end { times.removeAll { $0 <= start || $0 >= end } }
      if !times.isEmpty { body(DeviceKey(device), times) }
    }
  }

  // MARK: - Writing

  /// Makes the periods correct for sends that are written at `now`: forgets those that have not ended, packs the next ones
  /// that have, and deletes those that no window needs.
  ///
  /// Costs one row while no period has ended, otherwise the sends of at most `packedAtOnce` periods.
  func advance(to now: Instant) throws {
    var range = try range()
    if let kept = range, kept.until > now.milliseconds {
      try forget(from: now)
      range = try self.range()
    }
    let end = SendPeriods.start(of: now.milliseconds - SendWindows.slack)
    let oldest = SendPeriods.start(of: now.milliseconds - SendPeriods.kept)
    var next = Range(from: oldest, until: oldest)
    if let range, range.until > oldest { next = Range(from: max(range.from, oldest), until: range.until) }
    guard next.until < end else { return }
    let start = next.until
    next.until = min(end, start + SendPeriods.packedAtOnce * SendPeriods.length)
    try pack(from: start, until: next.until)
    try db.change("DELETE FROM send_periods WHERE period < ?1", [SendPeriods.number(of: next.from)])
    try store(next)
  }

  /// Forgets the packed sends from `moment` on, because a send with this time is added. Costs one row if there are none.
  func forget(from moment: Instant) throws {
    guard let range = try range(), range.until > moment.milliseconds else { return }
    let start = SendPeriods.start(of: moment.milliseconds)
    try db.change("DELETE FROM send_periods WHERE period >= ?1", [SendPeriods.number(of: moment.milliseconds)])
    try store(start > range.from ? Range(from: range.from, until: start) : nil)
  }

  private func store(_ range: Range?) throws {
    try db.change(
      "UPDATE kept_totals SET sends_from = ?1, sends_until = ?2 WHERE id = 1", [range?.from, range?.until])
  }

  private func pack(from start: Int64, until end: Int64) throws {
    var (period, packed): (Int64, [DeviceKey: [UInt8]]) = (SendPeriods.number(of: start), [:])
    func flush() throws {
      for (device, bytes) in packed.sorted(by: { $0.key < $1.key }) {
        try db.change(
          """
          INSERT INTO send_periods (period, device_id, sends) VALUES (?1, ?2, ?3)
          ON CONFLICT (period, device_id) DO UPDATE SET sends = excluded.sends
          """, [period, device.raw, bytes])
      }
      packed.removeAll(keepingCapacity: true)
    }
    let sql = """
      SELECT device_id, finished_at FROM attempts INDEXED BY attempts_sent
      WHERE outcome IN ('accepted', 'unknown') AND finished_at >= ?1 AND finished_at < ?2
      ORDER BY finished_at
      """
    try db.each(sql, [start, end]) { row in
      let time: Int64 = row["finished_at"]
      if SendPeriods.number(of: time) != period {
        try flush()
        period = SendPeriods.number(of: time)
      }
      let offset = UInt32(time - period * SendPeriods.length)
      withUnsafeBytes(of: offset.littleEndian) { packed[DeviceKey(row["device_id"]), default: []] += $0 }
    }
    try flush()
  }
}

extension SendPeriods {
  /// The number of the period with this time, also before 1970.
  private static func number(of milliseconds: Int64) -> Int64 {
    let quotient = milliseconds / length
    return milliseconds < 0 && quotient * length != milliseconds ? quotient - 1 : quotient
  }

  /// The beginning of the period with this time.
  private static func start(of milliseconds: Int64) -> Int64 { number(of: milliseconds) * length }

  private static func unpacked(_ bytes: [UInt8], from first: Int64) -> [Int64] {
    var times: [Int64] = []
    times.reserveCapacity(bytes.count / 4)
    for index in stride(from: 0, to: bytes.count - 3, by: 4) {
      let offset =
        Int64(bytes[index]) | Int64(bytes[index + 1]) << 8 | Int64(bytes[index + 2]) << 16
        | Int64(bytes[index + 3]) << 24
      times.append(first + offset)
    }
    return times
  }
}

extension Int64 {
  /// The next number; the largest one stays.
  fileprivate var advancedUnlessMax: Int64 { self == .max ? self : self + 1 }
}
