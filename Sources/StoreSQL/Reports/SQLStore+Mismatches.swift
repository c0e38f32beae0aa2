import Routing

extension SQLStore {
  /// Compares each message's device with its enrolment's; joins on enrolment and step.
  ///
  /// Includes only messages made at `since` or later, of one tenant or of all. With `moment`, only messages,
  /// assignments and decisions up to then count. Returns at most `lineLimit` lines; the counts cover all messages.
  /// Walks over the messages since then; with `since` nil, over all messages.
  package func mismatches(
    since: Instant?, tenant: TenantID?, at moment: Instant? = nil, lineLimit: Int = 1000
  ) throws -> MismatchReport {
    try reading { db in
      let first = try since.map { try MessagePeriods.first(since: $0, in: db) ?? .max } ?? 0
      let arguments: SQLArguments = [since?.milliseconds, tenant?.text, first]
      if let moment, try PastRecord(db).isPast(moment) {
        return try mismatches(
          db, MismatchSQL.past, (status: "p.status", device: "p.device_id"), [moment.milliseconds] + arguments,
          lineLimit)
      }
      return try mismatches(
        db, MismatchSQL.present, (status: "m.status", device: "m.device_id"), arguments, lineLimit)
    }
  }

  /// When the last message was made, and when the oldest of the last `count` messages was made; see `ReportStore`. Costs
  /// three rows.
  package func lastMessages(_ count: Int) throws -> (oldest: Instant?, last: Instant)? {
    try reading { db in
      let last: Int64? = try db.value("SELECT created_at FROM broadcast_messages ORDER BY id DESC LIMIT 1")
      let oldest: Int64? = try db.value(
        """
        SELECT created_at FROM broadcast_messages
        WHERE id > (SELECT max(id) FROM broadcast_messages) - ?1
          AND (SELECT min(id) FROM broadcast_messages) <= (SELECT max(id) FROM broadcast_messages) - ?1
        ORDER BY id LIMIT 1
        """, [count])
      guard let last else { return nil }
      return (oldest.map(Instant.init(milliseconds:)), Instant(milliseconds: last))
    }
  }

  /// `parts` defines the table of that name: the message, its part and decision, and the assigned device.
  private func mismatches(
    _ db: any SQLConnection, _ parts: String, _ columns: (status: String, device: String), _ arguments: SQLArguments,
    _ lineLimit: Int
  ) throws -> MismatchReport {
    var counts = Dictionary(uniqueKeysWithValues: MismatchReport.Part.allCases.map { ($0, 0) })
    try db.each("\(parts) SELECT part, count(*) AS count FROM parts GROUP BY part", arguments) { row in
      if let part = MismatchReport.Part(rawValue: row["part"]) { counts[part] = row["count"] as Int }
    }
    let total = counts.values.reduce(0, +)
    var report = MismatchReport(counts: counts, total: total, lines: [])
    guard counts[.match] != total else { return report }
    let sql = """
      \(parts)
      SELECT p.part, t.external_id AS tenant, c.external_id AS contact, q.external_id AS sequence, s.ordinal,
        \(columns.status) AS status, d.external_id AS device, a.external_id AS assigned_device,
        CASE p.part WHEN 'moved since' THEN l.reason ELSE x.reason END AS reason,
        CASE p.part WHEN 'moved since' THEN NULL ELSE x.code END AS code, r.policy, m.created_at
      FROM parts p
      JOIN broadcast_messages m ON m.id = p.id
      JOIN sequence_contacts c ON c.id = m.sequence_contact_id
      JOIN sequence_steps s ON s.id = m.sequence_step_id
      JOIN sequences q ON q.id = m.sequence_id
      JOIN tenants t ON t.id = m.tenant_id
      JOIN user_devices d ON d.id = \(columns.device)
      JOIN decisions x ON x.id = p.decision_id
      LEFT JOIN user_devices a ON a.id = p.assigned_device_id
      LEFT JOIN policy_revisions r ON r.id = x.revision_id
      LEFT JOIN assignments l ON l.id = p.latest
      WHERE p.part <> 'match' ORDER BY p.id LIMIT ?\(arguments.values.count + 1)
      """
    report.lines = try db.all(sql, arguments + [lineLimit]) { row in MismatchReport.Line(row) }
    return report
  }
}

/// The only definition of a message's part: the table `parts`. `latest` is the enrolment's last assignment, NULL for a
/// message on the assigned device.
///
/// The smallest message key is a parameter, because the time when a message was made has no index. Walks over the messages
/// from that key on, in key order.
enum MismatchSQL {
  /// As of now. `?1` is since when and `?2` the tenant, both NULL for all; `?3` is the smallest key.
  static let present = """
    WITH parts AS (
      SELECT m.id, m.decision_id, c.assigned_device_id,
        CASE WHEN c.assigned_device_id = m.device_id THEN NULL ELSE (
          SELECT max(k.id) FROM assignments k WHERE k.sequence_contact_id = c.id) END AS latest,
        CASE
          WHEN c.assigned_device_id IS NULL THEN 'unassigned'
          WHEN c.assigned_device_id = m.device_id THEN 'match'
          WHEN EXISTS (
            SELECT 1 FROM decisions y WHERE y.id = m.decision_id AND y.outcome = 'use'
              AND y.assigned_device_id <> m.device_id) THEN 'fallback'
          WHEN EXISTS (
            SELECT 1 FROM assignments k WHERE k.device_id = c.assigned_device_id AND k.at >= m.created_at
              AND k.id = (SELECT max(n.id) FROM assignments n WHERE n.sequence_contact_id = c.id)) THEN 'moved since'
          ELSE 'mismatch'
        END AS part
      FROM broadcast_messages m
      CROSS JOIN sequence_contacts c ON c.id = m.sequence_contact_id
      WHERE m.id >= ?3 AND (m.created_at >= ?1 OR ?1 IS NULL)
        AND (m.tenant_id = (SELECT u.id FROM tenants u WHERE u.external_id = ?2) OR ?2 IS NULL)
    )
    """

  /// As `present`, for the past time `?1`; the other parameters follow. Only the present can show an assignment that was
  /// changed without a record.
  static let past = """
    WITH \(PastSQL.messages(where: """
      m.id >= ?4 AND (m.created_at >= ?2 OR ?2 IS NULL)
        AND (m.tenant_id = (SELECT t.id FROM tenants t WHERE t.external_id = ?3) OR ?3 IS NULL)
      """)),
    assigned AS (
      SELECT m.*, b.created_at, c.assigned_device_id AS present_device_id,
        (SELECT max(k.id) FROM assignments k WHERE k.sequence_contact_id = c.id) AS ever,
        (SELECT max(k.id) FROM assignments k WHERE k.sequence_contact_id = c.id AND k.at <= ?1) AS latest
      FROM past_messages m
      JOIN broadcast_messages b ON b.id = m.id
      JOIN sequence_contacts c ON c.id = m.sequence_contact_id
    ),
    owned AS (
      SELECT n.*, l.at AS assigned_at,
        CASE WHEN n.ever IS NULL THEN n.present_device_id ELSE l.device_id END AS assigned_device_id
      FROM assigned n LEFT JOIN assignments l ON l.id = n.latest
    ),
    parts AS (
      SELECT m.id, m.latest, m.decision_id, m.assigned_device_id, m.status, m.device_id,
        CASE
          WHEN m.assigned_device_id IS NULL THEN 'unassigned'
          WHEN m.assigned_device_id = m.device_id THEN 'match'
          WHEN x.outcome = 'use' AND x.assigned_device_id IS NOT NULL
            AND x.assigned_device_id <> m.device_id THEN 'fallback'
          WHEN m.assigned_at >= m.created_at THEN 'moved since'
          ELSE 'mismatch'
        END AS part
      FROM owned m JOIN decisions x ON x.id = m.decision_id
    )
    """
}

extension MismatchReport.Line {
  fileprivate init(_ row: SQLRow) {
    self.init(
      part: MismatchReport.Part(rawValue: row["part"]) ?? .mismatch, tenant: TenantID(stored: row["tenant"]),
      contact: ContactID(stored: row["contact"]), sequence: row["sequence"], step: row["ordinal"],
      status: MessageStatus(rawValue: row["status"]) ?? .unknown, device: DeviceID(stored: row["device"]),
      assignedDevice: (row["assigned_device"] as String?).map(DeviceID.init(stored:)), reason: row["reason"],
      code: ReasonCode.known(row["code"]),
      policy: row["policy"], createdAt: Instant(milliseconds: row["created_at"]))
  }
}
