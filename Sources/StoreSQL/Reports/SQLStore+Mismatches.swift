import Routing

extension SQLStore {
  /// Compares each message's device with its enrolment's; joins on enrolment and step.
  ///
  /// Includes only messages made at `since` or later, of one tenant or of all. With `moment`, only messages,
  /// assignments and decisions up to then count. Returns at most `lineLimit` lines; the counts cover all messages.
  /// Walks over the messages and the assignments.
  package func mismatches(
    since: Instant?, tenant: TenantID?, at moment: Instant? = nil, lineLimit: Int = 1000
  ) throws -> MismatchReport {
    try reading { db in
      if let moment, try PastRecord(db).isPast(moment) {
        let arguments: SQLArguments = [moment.milliseconds, since?.milliseconds, tenant?.text]
        return try mismatches(db, pastParts, (status: "p.status", device: "p.device_id"), arguments, lineLimit)
      }
      return try mismatches(
        db, messageParts, (status: "m.status", device: "m.device_id"), [since?.milliseconds, tenant?.text], lineLimit)
    }
  }

  /// `parts` defines the table of that name: the message, its part and decision, the latest assignment, and the
  /// assigned device.
  private func mismatches(
    _ db: any SQLConnection, _ parts: String, _ columns: (status: String, device: String), _ arguments: SQLArguments,
    _ lineLimit: Int
  ) throws -> MismatchReport {
    var counts = Dictionary(uniqueKeysWithValues: MismatchReport.Part.allCases.map { ($0, 0) })
    try db.each("\(parts) SELECT part, count(*) AS count FROM parts GROUP BY part", arguments) { row in
      if let part = MismatchReport.Part(rawValue: row["part"]) { counts[part] = row["count"] as Int }
    }
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
      WHERE p.part <> 'match' ORDER BY m.id LIMIT ?\(arguments.values.count + 1)
      """
    let lines = try db.all(sql, arguments + [lineLimit]) { row in MismatchReport.Line(row) }
    return MismatchReport(counts: counts, total: counts.values.reduce(0, +), lines: lines)
  }

  /// The only definition of a message's part. `latest` is the enrolment's last assignment.
  private var messageParts: String {
    """
    WITH latest AS MATERIALIZED (
      SELECT sequence_contact_id AS enrolment, max(id) AS id FROM assignments GROUP BY sequence_contact_id
    ), parts AS (
      SELECT m.id, latest.id AS latest, m.decision_id, c.assigned_device_id,
        CASE
          WHEN c.assigned_device_id IS NULL THEN 'unassigned'
          WHEN c.assigned_device_id = m.device_id THEN 'match'
          WHEN x.outcome = 'use' AND x.assigned_device_id IS NOT NULL
            AND x.assigned_device_id <> m.device_id THEN 'fallback'
          WHEN l.device_id = c.assigned_device_id AND l.at >= m.created_at THEN 'moved since'
          ELSE 'mismatch'
        END AS part
      FROM broadcast_messages m
      JOIN sequence_contacts c ON c.id = m.sequence_contact_id
      JOIN decisions x ON x.id = m.decision_id
      JOIN tenants t ON t.id = m.tenant_id
      LEFT JOIN latest ON latest.enrolment = c.id
      LEFT JOIN assignments l ON l.id = latest.id
      WHERE (m.created_at >= ?1 OR ?1 IS NULL) AND (t.external_id = ?2 OR ?2 IS NULL)
    )
    """
  }

  /// As `messageParts`, for a past time. Only the present can show an assignment that was changed without a record.
  private var pastParts: String {
    """
    WITH \(PastSQL.assignments), \(PastSQL.messages(where: """
      (m.created_at >= ?2 OR ?2 IS NULL)
        AND (m.tenant_id = (SELECT t.id FROM tenants t WHERE t.external_id = ?3) OR ?3 IS NULL)
      """)),
    parts AS (
      SELECT m.id, p.id AS latest, m.decision_id, \(PastSQL.assignedDevice) AS assigned_device_id, m.status, m.device_id,
        CASE
          WHEN \(PastSQL.assignedDevice) IS NULL THEN 'unassigned'
          WHEN \(PastSQL.assignedDevice) = m.device_id THEN 'match'
          WHEN x.outcome = 'use' AND x.assigned_device_id IS NOT NULL
            AND x.assigned_device_id <> m.device_id THEN 'fallback'
          WHEN l.at >= b.created_at THEN 'moved since'
          ELSE 'mismatch'
        END AS part
      FROM past_messages m
      JOIN broadcast_messages b ON b.id = m.id
      JOIN sequence_contacts c ON c.id = m.sequence_contact_id
      JOIN decisions x ON x.id = m.decision_id
      LEFT JOIN past_assignments p ON p.enrolment = c.id
      LEFT JOIN assignments l ON l.id = p.id
    )
    """
  }
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
