internal import GRDB
import Routing

/// What came of claimed messages, written down inside a transaction.
struct ResultBatch {
  private let db: Database
  private let now: Instant
  private let epoch: LeaderEpoch
  private var counts = SendCounts()

  init(_ db: Database, at now: Instant, epoch: LeaderEpoch) {
    (self.db, self.now, self.epoch) = (db, now, epoch)
  }

  mutating func run(_ results: [SendResult]) throws -> SendCounts {
    for result in results {
      let claim = try Claim(of: result.message, in: db)
      let changes = SendTransition.after(result.outcome, of: claim.state, now: now)
      try write(changes.message, of: claim)
      try write(changes.attempt, of: claim)
      if let sentAt = changes.sentAt { try recordSend(of: claim, at: sentAt) }
      if let enrolment = changes.enrolment { try write(enrolment, of: claim) }
      if let pause = changes.pause { try write(pause, of: claim) }
      counts += changes.counts
    }
    return counts
  }

  /// The keys of a message that is being sent, and the state that its transition starts from.
  private struct Claim {
    let message: Int64
    let tenant: Int64
    let device: Int64
    let enrolment: Int64
    let attempt: Int
    let state: ClaimedMessage

    init(of message: Message, in db: Database) throws {
      let sql = """
        SELECT m.tenant_id, m.device_id, c.id, m.attempts, s.ordinal, n.delay_ms, c.status, c.current_step, c.reason
        FROM broadcast_messages m
        JOIN sequence_contacts c ON c.id = m.sequence_contact_id
        JOIN sequence_steps s ON s.id = m.sequence_step_id
        LEFT JOIN sequence_steps n ON n.sequence_id = s.sequence_id AND n.ordinal = s.ordinal + 1
        WHERE m.id = ?
        """
      guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [message.key.raw]) else {
        throw StoreError.conflict("expected message \(message.key.raw) in the store, found none")
      }
      self.message = message.key.raw
      (tenant, device, enrolment, attempt) = (row[0], row[1], row[2], row[3])
      guard let status = EnrolmentStatus(rawValue: row[6]) else {
        preconditionFailure("the schema checks the states of an enrolment")
      }
      state = ClaimedMessage(
        step: StepPosition(row[4], nextDelayMilliseconds: row[5]), enrolmentStatus: status, enrolmentStep: row[7],
        enrolmentReason: row[8])
    }
  }
}

// MARK: - Writing changes

extension ResultBatch {
  private func write(_ change: MessageChange, of claim: Claim) throws {
    if let sentAt = change.sentAt {
      try db.changeOne(
        """
        UPDATE broadcast_messages
        SET status = ?, sent_at = ?, gateway_message_id = ?, error = ?, lease_epoch = NULL, lease_until = NULL
        WHERE id = ? AND status = 'sending' AND lease_epoch = ?
        """,
        [
          change.status.rawValue, sentAt.milliseconds, change.gatewayID, change.error, claim.message, epoch.raw,
        ], expecting: promise(claim))
    } else {
      try db.changeOne(
        """
        UPDATE broadcast_messages SET status = ?, error = ?, lease_epoch = NULL, lease_until = NULL
        WHERE id = ? AND status = 'sending' AND lease_epoch = ?
        """, [change.status.rawValue, change.error, claim.message, epoch.raw], expecting: promise(claim))
    }
  }

  private func write(_ change: AttemptChange, of claim: Claim) throws {
    try db.changeOne(
      """
      UPDATE attempts SET finished_at = ?, outcome = ?, error = ?, gateway_message_id = ?
      WHERE message_id = ? AND number = ? AND finished_at IS NULL
      """,
      [
        now.milliseconds, change.outcome.rawValue, change.error, change.gatewayID, claim.message, claim.attempt,
      ], expecting: "attempt \(claim.attempt) of message \(claim.message) to be open")
  }

  private func recordSend(of claim: Claim, at sentAt: Instant) throws {
    try db.changeOne(
      "UPDATE user_devices SET last_sent_at = max(coalesce(last_sent_at, ?1), ?1) WHERE id = ?2",
      [sentAt.milliseconds, claim.device], expecting: "device \(claim.device)")
    try db.changeOne(
      "UPDATE sequence_contacts SET last_device_id = ?, last_sent_at = ? WHERE id = ?",
      [claim.device, sentAt.milliseconds, claim.enrolment],
      expecting: "enrolment \(claim.enrolment)")
  }

  /// A queued enrolment has no next time and no capacity time to clear.
  private func write(_ change: EnrolmentChange, of claim: Claim) throws {
    let expectation = "enrolment \(claim.enrolment) to be queued"
    switch change.attempts {
    case .kept:
      assert(change.step == nil && change.dueAt == nil && change.nextAt == nil)
      try db.changeOne(
        "UPDATE sequence_contacts SET status = ?, reason = ?, ended_at = ? WHERE id = ? AND status = 'queued'",
        [change.status.rawValue, change.reason, change.endedAt?.milliseconds, claim.enrolment],
        expecting: expectation)
    case .reset:
      try db.changeOne(
        """
        UPDATE sequence_contacts
        SET status = ?, current_step = ?, due_at = coalesce(?, due_at), next_at = ?, attempts = 0, reason = ?,
          ended_at = ?
        WHERE id = ? AND status = 'queued'
        """,
        [
          change.status.rawValue, change.step ?? claim.state.step.number, change.dueAt?.milliseconds,
          change.nextAt?.milliseconds, change.reason, change.endedAt?.milliseconds, claim.enrolment,
        ], expecting: expectation)
    case .incremented:
      preconditionFailure("no transition of a message ends with \(change)")
    }
  }

  private func write(_ pause: DevicePause, of claim: Claim) throws {
    let current = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT paused_until FROM user_devices WHERE id = ?"), arguments: [claim.device])
    guard let current else { throw StoreError.conflict("expected device \(claim.device), found none") }
    if pause.replaces((current[0] as Int64?).map(Instant.init(milliseconds:))) {
      try db.changeOne(
        "UPDATE user_devices SET pause_reason = ?, paused_until = ? WHERE id = ?",
        [pause.reason, pause.until.milliseconds, claim.device], expecting: "device \(claim.device)")
    }
    try DeviceEventEntry(
      tenant: claim.tenant, device: claim.device, kind: "paused", detail: pause.reason,
      actor: Actor(PolicyChange.program), at: now
    ).record(in: db)
  }

  private func promise(_ claim: Claim) -> String {
    "message \(claim.message) to be sending under epoch \(epoch.raw)"
  }
}
