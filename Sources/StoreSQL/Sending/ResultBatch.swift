import Routing

/// Writes the outcomes of claimed messages, inside a transaction.
package struct ResultBatch {
  private let db: any SQLConnection
  private let now: Instant
  private let epoch: LeaderEpoch
  private var counts = SendCounts()
  private var totals: KeptTotals

  /// For one transaction of the leader with `epoch`.
  package init(_ db: any SQLConnection, at now: Instant, epoch: LeaderEpoch) {
    (self.db, self.now, self.epoch) = (db, now, epoch)
    totals = KeptTotals(db)
  }

  /// Writes outcomes in the order given. Throws `StoreError.conflict` at the first message that is not being sent under
  /// `epoch`.
  package mutating func run(_ results: [SendResult]) throws -> SendCounts {
    try SendPeriods(db).advance(to: now)
    try totals.begin()
    for result in results {
      let claim = try Claim(of: result.message, in: db)
      let changes = SendTransition.after(result.outcome, of: claim.state, now: now)
      try write(changes.message, of: claim)
      try write(changes.attempt, of: claim)
      if let sentAt = changes.message.sentAt { try recordSend(of: claim, at: sentAt) }
      if let enrolment = changes.enrolment { try write(enrolment, of: claim) }
      if let pause = changes.pause { try write(pause, of: claim) }
      counts += changes.counts
    }
    try totals.write()
    return counts
  }

  /// The keys of a message that is being sent, and the initial state of its transition.
  private struct Claim {
    let message: Int64
    let tenant: Int64
    let device: Int64
    let enrolment: Int64
    let sequence: Int64
    /// The message's step.
    let step: Int64
    let assignedDevice: Int64?
    let attempt: Int
    let state: ClaimedMessage

    init(of message: Message, in db: any SQLConnection) throws {
      let sql = """
        SELECT m.tenant_id, m.device_id, c.id AS enrolment, c.sequence_id, m.sequence_step_id, c.assigned_device_id,
          m.attempts, s.ordinal, n.delay_ms, c.status, c.current_step, c.reason
        FROM broadcast_messages m
        JOIN sequence_contacts c ON c.id = m.sequence_contact_id
        JOIN sequence_steps s ON s.id = m.sequence_step_id
        LEFT JOIN sequence_steps n ON n.sequence_id = s.sequence_id AND n.ordinal = s.ordinal + 1
        WHERE m.id = ?1
        """
      guard let claim = try db.first(sql, [message.key.raw], { row in try Claim(row, message: message.key.raw) }) else {
        throw StoreError.conflict("expected message \(message.key.raw) in the store, found none")
      }
      self = claim
    }

    private init(_ row: SQLRow, message: Int64) throws {
      self.message = message
      (tenant, device) = (row["tenant_id"], row["device_id"])
      (enrolment, sequence, step) = (row["enrolment"], row["sequence_id"], row["sequence_step_id"])
      (assignedDevice, attempt) = (row["assigned_device_id"], row["attempts"])
      let position = StepPosition(row["ordinal"], nextDelayMilliseconds: row["delay_ms"])
      guard let status = EnrolmentStatus(rawValue: row["status"]) else {
        throw StoreError.conflict("expected a known status of enrolment \(enrolment), found another: check its row")
      }
      state = ClaimedMessage(
        step: position, enrolmentStatus: status, enrolmentStep: row["current_step"], enrolmentReason: row["reason"])
    }
  }
}

// MARK: - Writing changes

extension ResultBatch {
  private mutating func write(_ change: MessageChange, of claim: Claim) throws {
    totals.endSending(ofStep: claim.step, as: change.status)
    if let sentAt = change.sentAt {
      try db.changeOne(
        """
        UPDATE broadcast_messages
        SET status = ?1, sent_at = ?2, gateway_message_id = ?3, error = ?4, lease_epoch = NULL, lease_until = NULL
        WHERE id = ?5 AND status = 'sending' AND lease_epoch = ?6
        """,
        [
          change.status.rawValue, sentAt.milliseconds, change.gatewayID, change.error, claim.message, epoch.raw,
        ], expecting: promise(claim))
    } else {
      try db.changeOne(
        """
        UPDATE broadcast_messages
        SET status = ?1, error = ?2, try = CASE WHEN ?5 = 1 THEN max(try, 0) + 1 ELSE try END, lease_epoch = NULL,
          lease_until = NULL
        WHERE id = ?3 AND status = 'sending' AND lease_epoch = ?4
        """,
        [
          change.status.rawValue, change.error, claim.message, epoch.raw, change.advancesTry,
        ], expecting: promise(claim))
    }
  }

  private func write(_ change: AttemptChange, of claim: Claim) throws {
    try db.changeOne(
      """
      UPDATE attempts SET finished_at = ?1, outcome = ?2, error = ?3, gateway_message_id = ?4
      WHERE message_id = ?5 AND number = ?6 AND finished_at IS NULL
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
      "UPDATE sequence_contacts SET last_device_id = ?1, last_sent_at = ?2 WHERE id = ?3",
      [claim.device, sentAt.milliseconds, claim.enrolment],
      expecting: "enrolment \(claim.enrolment)")
  }

  /// A queued enrolment has no next time and no capacity time to clear.
  private mutating func write(_ change: EnrolmentChange, of claim: Claim) throws {
    let expectation = "enrolment \(claim.enrolment) to be queued"
    let step = change.attempts == .kept ? claim.state.enrolmentStep : change.step ?? claim.state.step.number
    totals.move(
      in: claim.sequence, from: claim.state.enrolmentStep, to: step, end: change.endedAt == nil ? nil : change.status,
      device: claim.assignedDevice)
    switch change.attempts {
    case .kept:
      assert(change.step == nil && change.dueAt == nil && change.nextAt == nil)
      try db.changeOne(
        """
        UPDATE sequence_contacts SET status = ?1, reason = ?2, ended_at = ?3, code = ?5
        WHERE id = ?4 AND status = 'queued'
        """,
        [
          change.status.rawValue, change.reason, change.endedAt?.milliseconds, claim.enrolment, change.code?.rawValue,
        ],
        expecting: expectation)
    case .reset:
      try db.changeOne(
        """
        UPDATE sequence_contacts
        SET status = ?1, current_step = ?2, due_at = coalesce(?3, due_at), next_at = ?4, attempts = 0, reason = ?5,
          ended_at = ?6, code = ?8
        WHERE id = ?7 AND status = 'queued'
        """,
        [
          change.status.rawValue, step, change.dueAt?.milliseconds,
          change.nextAt?.milliseconds, change.reason, change.endedAt?.milliseconds, claim.enrolment,
          change.code?.rawValue,
        ], expecting: expectation)
    case .incremented:
      preconditionFailure("no transition of a message ends with \(change)")
    }
  }

  private func write(_ pause: DevicePause, of claim: Claim) throws {
    let current: Int64? = try db.value("SELECT paused_until FROM user_devices WHERE id = ?1", [claim.device])
    if pause.replaces(current.map(Instant.init(milliseconds:))) {
      try db.changeOne(
        "UPDATE user_devices SET pause_reason = ?1, paused_until = ?2 WHERE id = ?3",
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
