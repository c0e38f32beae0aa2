import Routing

/// Takes back what was computed from a clock that was ahead, inside a transaction.
///
/// All attempts and sent messages ahead move back by one distance, which puts the newest of them at `now`: their order and
/// their distances stay, and none of them is dated before the message really left. Each other time is computed again from
/// those, or set to `now`.
struct ClockRepair {
  private let db: any SQLConnection
  private let now: Instant
  private let ahead: TimesAheadQuery
  private var changes: [ClockCorrection.Change] = []
  /// The distance by which sends move back, in milliseconds.
  private var shift: Int64 = 0

  /// `now` is the time that the operator accepts as right.
  init(_ db: any SQLConnection, at now: Instant, ahead: TimesAheadQuery) {
    (self.db, self.now, self.ahead) = (db, now, ahead)
  }

  /// Makes all changes. `found` are the times ahead, read in the same transaction.
  mutating func run(_ found: TimesAhead) throws -> (changes: [ClockCorrection.Change], shift: Int64) {
    let newest = found.lines.first { $0.kind == .attempts }?.newest
    shift = newest.map { $0.milliseconds - now.milliseconds } ?? 0
    // Contacts first: the times of their decisions and messages tell which of them are wrong.
    try correctDueSteps()
    try correctWaits()
    try correctMessages()
    try correctAttempts()
    try correctDevices()
    try correct(
      "suspensions of policies", "UPDATE policy_streaks SET suspended_at = ?1 WHERE suspended_at > ?1",
      [now.milliseconds])
    try db.change(
      "UPDATE store SET clock_decision_id = coalesce((SELECT max(id) FROM decisions), 0) WHERE id = 1")
    return (changes, shift)
  }

  private mutating func correct(_ what: String, _ sql: String, _ arguments: SQLArguments) throws {
    let count = try db.change(sql, arguments)
    guard count > 0 else { return }
    if let index = changes.firstIndex(where: { $0.what == what }) {
      changes[index].count += count
    } else {
      changes.append(ClockCorrection.Change(what: what, count: count))
    }
  }

  // MARK: - Contacts

  /// A step is due a delay after the message before it was sent, after the step before it was skipped, or after the
  /// enrolment: it moves back with that time. A due time that does not follow from one of them came from an operator, and
  /// stays.
  private mutating func correctDueSteps() throws {
    try correct(
      "due steps",
      """
      UPDATE sequence_contacts
      SET due_at = due_at - ?2, next_at = CASE WHEN status = 'scheduled' THEN next_at - ?2 ELSE next_at END
      WHERE status IN ('scheduled', 'waiting', 'queued') AND due_at > ?1 AND (id, current_step, due_at) IN (
        SELECT m.sequence_contact_id, n.ordinal, a.finished_at + n.delay_ms FROM attempts a
        JOIN broadcast_messages m ON m.id = a.message_id
        JOIN sequence_steps s ON s.id = m.sequence_step_id
        JOIN sequence_steps n ON n.sequence_id = s.sequence_id AND n.ordinal = s.ordinal + 1
        WHERE a.outcome = 'accepted' AND a.finished_at > ?1)
      """, [now.milliseconds, shift])
    try correct(
      "due steps",
      """
      UPDATE sequence_contacts SET
        due_at = due_at - (SELECT d.at - ?1 FROM decisions d WHERE d.id = sequence_contacts.last_decision_id),
        next_at = next_at - (SELECT d.at - ?1 FROM decisions d WHERE d.id = sequence_contacts.last_decision_id)
      WHERE status = 'scheduled' AND due_at > ?1 AND EXISTS (
        SELECT 1 FROM decisions d
        JOIN sequence_steps n ON n.sequence_id = sequence_contacts.sequence_id
          AND n.ordinal = sequence_contacts.current_step
        WHERE d.id = sequence_contacts.last_decision_id AND d.outcome = 'skip' AND d.at > ?1 AND d.id > ?2
          AND sequence_contacts.due_at = d.at + n.delay_ms)
      """, [now.milliseconds, ahead.accepted])
    try correct(
      "enrolments",
      """
      UPDATE sequence_contacts AS c SET enrolled_at = ?1,
        due_at = CASE WHEN current_step = 1 THEN due_at - (enrolled_at - ?1) ELSE due_at END,
        next_at = CASE WHEN current_step = 1 AND status = 'scheduled' THEN next_at - (enrolled_at - ?1)
          ELSE next_at END
      WHERE enrolled_at > ?1 AND \(TimesAheadQuery.wasEnrolledByTrigger)
      """, [now.milliseconds])
    try correct(
      "times of a contact's last message",
      "UPDATE sequence_contacts SET last_sent_at = min(last_sent_at - ?2, ?1) WHERE last_sent_at > ?1",
      [now.milliseconds, shift])
  }

  /// A wait that was decided ahead, or ends later than its length allows, ends now: the contact is decided again, but not
  /// before its step is due.
  private mutating func correctWaits() throws {
    try correct(
      "waits",
      """
      UPDATE sequence_contacts SET next_at = max(due_at, ?1), capacity_at = NULL
      WHERE status = 'waiting' AND next_at > max(due_at, ?1) AND EXISTS (
        SELECT 1 FROM decisions d WHERE d.id = sequence_contacts.last_decision_id
          AND ((d.at > ?1 AND d.id > ?2) OR sequence_contacts.next_at > ?1 + (d.until - d.at)))
      """, [now.milliseconds, ahead.accepted])
    // A row that could not be read is looked at again after a fixed time.
    try correct(
      "waits",
      """
      UPDATE sequence_contacts SET next_at = max(due_at, ?1)
      WHERE status = 'scheduled' AND next_at > due_at AND next_at > ?1 + \(Admission.quarantineSeconds * 1000)
      """, [now.milliseconds])
    try correct(
      "waits before enrolment",
      "UPDATE lead_triggers SET next_at = ?1 WHERE consumed_at IS NULL AND next_at > ?1", [now.milliseconds])
  }

  // MARK: - Messages

  /// A queued message is sent from its time on: now, or when its step is due.
  private mutating func correctMessages() throws {
    try correct(
      "queued messages",
      """
      UPDATE broadcast_messages SET created_at = max(?1, (
        SELECT c.due_at FROM sequence_contacts c WHERE c.id = broadcast_messages.sequence_contact_id))
      WHERE status = 'pending' AND created_at > ?1 AND created_at > (
        SELECT c.due_at FROM sequence_contacts c WHERE c.id = broadcast_messages.sequence_contact_id)
      """, [now.milliseconds])
    try MessagePeriods.noteQueued(since: now, in: db)
    try correct(
      "sent messages",
      """
      UPDATE broadcast_messages SET sent_at = min(sent_at - ?2, ?1)
      WHERE sent_at > ?1 AND id IN (SELECT message_id FROM attempts WHERE outcome = 'accepted' AND finished_at > ?1)
      """, [now.milliseconds, shift])
    try correct(
      "leases",
      "UPDATE broadcast_messages SET lease_until = ?1 WHERE status = 'sending' AND lease_until > ?1",
      [now.advanced(bySeconds: ClaimBatch.recoveryLeaseSeconds).milliseconds])
  }

  private mutating func correctAttempts() throws {
    // Sends that are packed by periods would keep their wrong times.
    let first = "SELECT min(finished_at) FROM attempts WHERE finished_at > ?1"
    if let oldest = try db.value(first, [now.milliseconds], as: Int64.self) {
      try SendPeriods(db).forget(from: Instant(milliseconds: oldest - shift))
    }
    try correct(
      "attempts",
      """
      UPDATE attempts SET
        started_at = CASE WHEN started_at <= ?1 THEN started_at WHEN finished_at <= ?1 THEN finished_at
          ELSE started_at - ?2 END,
        finished_at = CASE WHEN finished_at IS NULL OR finished_at <= ?1 THEN finished_at
          WHEN started_at > ?1 THEN finished_at - ?2 ELSE max(finished_at - ?2, started_at) END
      WHERE started_at > ?1 OR finished_at > ?1
      """, [now.milliseconds, shift])
  }

  // MARK: - Devices

  private mutating func correctDevices() throws {
    try db.change("UPDATE store SET pauses_until = min(pauses_until, ?1) WHERE id = 1", [now.milliseconds])
    try correct(
      "paces of devices",
      "UPDATE user_devices AS d SET next_send_at = NULL WHERE \(TimesAheadQuery.paceIsAhead)", [now.milliseconds])
    try correct(
      "times of a device's last message",
      "UPDATE user_devices SET last_sent_at = min(last_sent_at - ?2, ?1) WHERE last_sent_at > ?1",
      [now.milliseconds, shift])
    try correct(
      "signs of life of devices", "UPDATE user_devices SET last_seen_at = ?1 WHERE last_seen_at > ?1",
      [now.milliseconds])
    try correct(
      "pauses after faults",
      """
      UPDATE user_devices AS d SET paused_until = paused_until - (
        SELECT e.at - ?1 FROM device_events e WHERE e.id = (\(TimesAheadQuery.pauseEvent)))
      WHERE paused_until > ?1 AND EXISTS (
        SELECT 1 FROM device_events e WHERE e.id = (\(TimesAheadQuery.pauseEvent)) AND e.at > ?1)
      """, [now.milliseconds])
  }
}
