import Routing

/// Reads the recorded times that lie ahead of the clock.
struct TimesAheadQuery {
  private let db: any SQLConnection
  /// Decisions up to this key are history: an operator has accepted the clock since.
  let accepted: Int64

  init(_ db: any SQLConnection) throws {
    self.db = db
    accepted = try db.value("SELECT clock_decision_id FROM store WHERE id = 1") ?? 0
  }

  /// The newest of the times that a process records while it runs, from the end of each table; nil in a new store.
  func newest() throws -> Instant? {
    let decided: Int64? = try db.value("SELECT at FROM decisions WHERE id > ?1 ORDER BY id DESC LIMIT 1", [accepted])
    let times = try [decided] + TimesAheadQuery.latest.map { try db.value($0) }
    return times.compactMap(\.self).max().map(Instant.init(milliseconds:))
  }

  /// The rows with times after `now`. Walks over contacts, attempts and decisions.
  func all(at now: Instant) throws -> TimesAhead {
    let lines = try TimesAhead.Kind.allCases.compactMap { kind in
      try db.first(TimesAheadQuery.sql(kind), [now.milliseconds, accepted]) { row -> TimesAhead.Line? in
        guard let newest = row["newest"] as Int64? else { return nil }
        return TimesAhead.Line(kind: kind, count: row["count"], newest: Instant(milliseconds: newest))
      } ?? nil
    }
    return TimesAhead(now: now, lines: lines)
  }

  private static let latest = [
    """
    SELECT finished_at FROM attempts INDEXED BY attempts_sent WHERE outcome IN ('accepted', 'unknown')
    ORDER BY finished_at DESC LIMIT 1
    """,
    "SELECT started_at FROM attempts ORDER BY id DESC LIMIT 1",
    """
    SELECT c.enrolled_at FROM sequence_contacts c
    WHERE c.id = (SELECT max(id) FROM sequence_contacts) AND \(wasEnrolledByTrigger)
    """,
  ]

  /// One row: how many rows have a time after ?1, and the newest time. ?2 is the last accepted decision.
  private static func sql(_ kind: TimesAhead.Kind) -> String {
    switch kind {
    case .attempts:
      """
      SELECT count(*) AS count, max(CASE WHEN finished_at > started_at THEN finished_at ELSE started_at END) AS newest
      FROM attempts WHERE (started_at > ?1 OR finished_at > ?1) AND ?2 >= 0
      """
    case .messages:
      """
      SELECT count(*) AS count, max(m.created_at) AS newest
      FROM broadcast_messages m JOIN sequence_contacts c ON c.id = m.sequence_contact_id
      WHERE m.status = 'pending' AND m.created_at > ?1 AND m.created_at > c.due_at AND ?2 >= 0
      """
    case .leases:
      """
      SELECT count(*) AS count, max(lease_until) AS newest FROM broadcast_messages
      WHERE status = 'sending' AND lease_until > ?1 + \(ClaimBatch.recoveryLeaseSeconds * 1000) AND ?2 >= 0
      """
    case .contacts: contacts
    case .devices: devices
    case .pauses:
      """
      SELECT count(*) AS count, max(d.paused_until) AS newest FROM user_devices d
      JOIN device_events e ON e.id = (\(pauseEvent)) WHERE d.paused_until > ?1 AND e.at > ?1 AND ?2 >= 0
      """
    case .suspensions:
      """
      SELECT count(*) AS count, max(suspended_at) AS newest FROM policy_streaks WHERE suspended_at > ?1 AND ?2 >= 0
      """
    case .decisions: "SELECT count(*) AS count, max(at) AS newest FROM decisions WHERE at > ?1 AND id > ?2"
    }
  }

  /// The event of the last pause of the device `d`, if Usher began that pause, after a fault.
  static let pauseEvent = """
    SELECT p.id FROM device_events p
    WHERE p.device_id = d.id AND p.kind = 'paused' AND p.actor = '\(PolicyChange.program)'
      AND p.id = (SELECT max(q.id) FROM device_events q WHERE q.device_id = d.id AND q.kind = 'paused')
    """

  /// A cycle enrolled the contact `c`: an import may give any time, which says nothing about the clock.
  static let wasEnrolledByTrigger = """
    EXISTS (SELECT 1 FROM lead_triggers g WHERE g.lead_id = c.lead_id AND g.consumed_at = c.enrolled_at)
    """

  private static let contacts = """
    SELECT count(*) AS count,
      max(CASE WHEN d.at > ?1 THEN d.at WHEN c.enrolled_at > ?1 AND \(wasEnrolledByTrigger) THEN c.enrolled_at ELSE c.last_sent_at END) AS newest
    FROM sequence_contacts c LEFT JOIN decisions d ON d.id = c.last_decision_id AND d.id > ?2
    WHERE (c.enrolled_at > ?1 AND \(wasEnrolledByTrigger)) OR c.last_sent_at > ?1 OR (c.status IN ('scheduled', 'waiting') AND d.at > ?1)
    """

  private static let devices = """
    SELECT count(*) AS count, max(CASE WHEN \(paceIsAhead) THEN d.next_send_at
      WHEN d.last_sent_at > ?1 THEN d.last_sent_at ELSE d.last_seen_at END) AS newest
    FROM user_devices d
    WHERE (\(paceIsAhead) OR d.last_sent_at > ?1 OR d.last_seen_at > ?1) AND ?2 >= 0
    """

  /// The next message of the device `d` may leave later than its longest pause after ?1.
  static let paceIsAhead = "d.next_send_at > ?1 + CAST(d.pace_max_s * 1000 AS INTEGER)"
}
