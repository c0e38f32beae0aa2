import Routing

/// One batch of claims from all devices that may send, inside a transaction.
package struct ClaimBatch {
  /// The lease of a recovered claim for the process that recovers it, in seconds.
  package static let recoveryLeaseSeconds: Int64 = 300

  private let db: any SQLConnection
  private let now: Instant
  private let leaseUntil: Instant
  private let epoch: LeaderEpoch
  private let draw: (MessageKey) -> Double
  private let holds: [SendingHold]

  /// A device that may send, and the batch's position in its queue.
  private struct Sender {
    let device: Device
    /// The number of messages that its caps and pace allow.
    let allowance: Int
    /// The number of bulk messages that it may send, which are the last in its queue.
    var bulkAllowance: Int
    /// The last message read.
    var last: (priority: Int64, key: Int64) = (-1, 0)
  }

  /// `holds` are the holds in force, from the store and from the file next to it.
  package init(
    _ db: any SQLConnection, at now: Instant, leaseUntil: Instant, epoch: LeaderEpoch,
    draw: @escaping (MessageKey) -> Double, holds: [SendingHold]
  ) {
    (self.db, self.now, self.leaseUntil, self.epoch) = (db, now, leaseUntil, epoch)
    (self.draw, self.holds) = (draw, holds)
  }

  /// Claims up to `limit` messages, in the rounds of `ClaimRounds`.
  package func run(limit: Int, windows: SendWindows) throws -> [Message] {
    guard holds.ofStore == nil else { return [] }
    var senders = try senders(windows, most: limit)
    guard !senders.isEmpty else { return [] }
    let keys = try MessageKeys(reading: db)
    var claimed: [Message] = []
    var rounds = ClaimRounds(limit: limit, allowances: senders.map(\.allowance))
    while let page = rounds.next() {
      let before = claimed.count
      let read = try claim(page, from: &senders[page.sender], keys, into: &claimed)
      rounds.record(read: read, claimed: claimed.count - before)
    }
    return claimed.sorted { ($0.deviceKey, $0.priority, $0.key) < ($1.deviceKey, $1.priority, $1.key) }
  }

  /// The SQL condition that a device `d` belongs to none of `count` tenants, whose ids are the parameters from ?2 on.
  private static func isOfOthers(than count: Int) -> String {
    let ids = (2..<count + 2).map { "?\($0)" }.joined(separator: ", ")
    return "AND d.tenant_id NOT IN (SELECT t.id FROM tenants t WHERE t.external_id IN (\(ids)))"
  }

  private func senders(_ windows: SendWindows, most: Int) throws -> [Sender] {
    let heldTenants = holds.compactMap { $0.tenant?.text }
    let sql = """
      SELECT \(DeviceRow.columns),
        (SELECT count(*) FROM broadcast_messages m WHERE m.device_id = d.id AND m.status = 'sending') AS in_flight,
        (SELECT t.bulk_share FROM tenants t WHERE t.id = d.tenant_id) AS bulk_share
      FROM user_devices d
      WHERE d.status = 'online' AND (d.paused_until IS NULL OR d.paused_until <= ?1)
        AND (d.next_send_at IS NULL OR d.next_send_at <= ?1 OR \(TimesAheadQuery.paceIsAhead))
        AND EXISTS (SELECT 1 FROM broadcast_messages m WHERE m.device_id = d.id AND m.status = 'pending')
        \(heldTenants.isEmpty ? "" : ClaimBatch.isOfOthers(than: heldTenants.count))
      ORDER BY d.id
      """
    var senders: [Sender] = []
    var ahead: [Device] = []
    try db.each(sql, [now.milliseconds] + SQLArguments(heldTenants)) { row in
      let device = DeviceRow.device(row)
      if device.nextSendAt.map({ $0 > now }) ?? false { ahead.append(device) }
      let sends = windows.of(device.key)
      let load = DeviceLoad(
        sentMinute: sends.count(window: RecentSends.minute, at: now),
        sentHour: sends.count(window: RecentSends.hour, at: now),
        sentDay: sends.count(window: RecentSends.day, at: now), inFlight: row["in_flight"])
      let allowance = SendAllowance.count(for: device, load: load, at: now, most: most)
      let bulk = SendAllowance.bulkCount(for: device, share: row["bulk_share"], load: load, at: now, most: most)
      if allowance > 0 { senders.append(Sender(device: device, allowance: allowance, bulkAllowance: bulk)) }
    }
    for device in ahead { try limitPace(of: device) }
    return senders
  }

  /// Records the limited time of a pace that ends later than the device's longest pause: it was computed from a clock that
  /// was ahead. Without a record the limit would move on with the clock, and the device would never send.
  private func limitPace(of device: Device) throws {
    try db.change(
      "UPDATE user_devices SET next_send_at = ?1 WHERE id = ?2",
      [device.paceEnd(at: now)?.milliseconds, device.key.raw])
  }

  /// Claims the messages of one page. Returns how many of them were read: fewer than the page's count at the end of the
  /// queue, or at the first bulk message beyond the bulk share, which only bulk messages follow.
  private func claim(
    _ page: ClaimRounds.Page, from sender: inout Sender, _ keys: MessageKeys, into claimed: inout [Message]
  ) throws -> Int {
    let device = sender.device
    let rows = try pending(on: device.key, after: sender.last, limit: page.count)
    for (index, row) in rows.enumerated() {
      if row.priority == .bulk, sender.bulkAllowance == 0 { return index }
      sender.last = (Int64(row.priority.rawValue), row.key)
      let changes = ClaimTransition.claim(
        leadOptedOut: row.isOptedOut, on: device, draw: { draw(MessageKey(row.key)) }, now: now)
      switch changes {
      case .lease(let nextSendAt):
        try lease(row, on: device, nextSendAt: nextSendAt)
        claimed.append(row.message(keys: keys))
        if row.priority == .bulk { sender.bulkAllowance -= 1 }
      case .cancel(let message, let enrolment): try cancel(row, message, enrolment)
      }
    }
    return rows.count
  }

  /// Messages of inactive sequences stay and do not block those behind them. A message dated in the future, written
  /// before the clock was set back, is not due yet.
  private func pending(
    on device: DeviceKey, after last: (priority: Int64, key: Int64), limit: Int
  ) throws -> [MessageRow] {
    let sql = """
      \(MessageRow.selection)
      WHERE m.device_id = ?1 AND m.status = 'pending' AND (m.priority, m.id) > (?2, ?3)
        AND q.status = 'active' AND m.created_at <= ?4
      ORDER BY m.priority, m.id LIMIT ?5
      """
    return try db.all(sql, [device.raw, last.priority, last.key, now.milliseconds, limit], MessageRow.init)
  }

  /// Only what this statement returns is sent (I-16).
  private func lease(_ row: MessageRow, on device: Device, nextSendAt: Instant?) throws {
    let sql = """
      UPDATE broadcast_messages
      SET status = 'sending', lease_epoch = ?1, lease_until = ?2, attempts = attempts + 1
      WHERE id = ?3 AND status = 'pending' RETURNING attempts
      """
    guard let number: Int = try db.value(sql, [epoch.raw, leaseUntil.milliseconds, row.key]) else {
      throw StoreError.conflict(
        "expected message \(row.key) to be pending, found that it is not; claim again")
    }
    try db.change(
      """
      INSERT INTO attempts (tenant_id, message_id, device_id, number, epoch, started_at)
      SELECT tenant_id, id, device_id, ?1, ?2, ?3 FROM broadcast_messages WHERE id = ?4
      """, [number, epoch.raw, now.milliseconds, row.key])
    if let nextSendAt {
      try db.change(
        "UPDATE user_devices SET next_send_at = ?1 WHERE id = ?2", [nextSendAt.milliseconds, device.key.raw])
    }
  }

  private func cancel(_ row: MessageRow, _ message: MessageChange, _ enrolment: EnrolmentChange) throws {
    try db.changeOne(
      "UPDATE broadcast_messages SET status = ?1, error = ?2 WHERE id = ?3 AND status = 'pending'",
      [message.status.rawValue, message.error, row.key], expecting: "message \(row.key) to be pending")
    try db.change(
      """
      UPDATE sequence_contacts
      SET status = ?1, reason = ?2, ended_at = ?3, next_at = ?4, capacity_at = ?5, code = ?7,
        waitlist_id = NULL
      WHERE id = ?6 AND status IN ('scheduled', 'waiting', 'queued')
      """,
      [
        enrolment.status.rawValue, enrolment.reason, enrolment.endedAt?.milliseconds, enrolment.nextAt?.milliseconds,
        enrolment.capacityAt?.milliseconds, row.enrolment, enrolment.code?.rawValue,
      ])
  }
}
