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
      switch result.outcome {
      case .accepted(let gatewayID): try accept(claim, gatewayID)
      case .unknown(let reason): try leaveOpen(claim, reason.asReason)
      case .refused(let reason): try refuse(claim, reason.asReason)
      case .deviceFault(let reason, let pauseSeconds):
        try giveBack(claim, "device_fault", reason.asReason)
        try pause(claim, reason.asReason, seconds: pauseSeconds)
      case .notSent(let reason): try giveBack(claim, "not_sent", reason.asReason)
      }
    }
    return counts
  }

  /// A message that is being sent, with where its enrolment stands.
  private struct Claim {
    let message: Int64
    let tenant: Int64
    let device: Int64
    let enrolment: Int64
    let attempt: Int
    let ordinal: Int
    let nextDelayMilliseconds: Int64?
    /// The enrolment still waits for this message; not so when its lead opted out while it was being sent.
    let isAwaited: Bool
    let enrolmentReason: String?

    init(of message: Message, in db: Database) throws {
      let sql = """
        SELECT m.tenant_id, m.device_id, c.id, m.attempts, s.ordinal, n.delay_ms,
          c.status = 'queued' AND c.current_step = s.ordinal, c.reason
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
      (ordinal, nextDelayMilliseconds, isAwaited, enrolmentReason) = (row[4], row[5], row[6], row[7])
    }
  }
}

// MARK: - Outcomes

extension ResultBatch {
  private mutating func accept(_ claim: Claim, _ gatewayID: String?) throws {
    try db.changeOne(
      """
      UPDATE broadcast_messages
      SET status = 'sent', sent_at = ?, gateway_message_id = ?, error = NULL, lease_epoch = NULL,
        lease_until = NULL
      WHERE id = ? AND status = 'sending' AND lease_epoch = ?
      """, [now.milliseconds, gatewayID, claim.message, epoch.raw], expecting: promise(claim))
    try finishAttempt(claim, "accepted", nil, gatewayID)
    try db.changeOne(
      "UPDATE user_devices SET last_sent_at = max(coalesce(last_sent_at, ?1), ?1) WHERE id = ?2",
      [now.milliseconds, claim.device], expecting: "device \(claim.device)")
    try db.changeOne(
      "UPDATE sequence_contacts SET last_device_id = ?, last_sent_at = ? WHERE id = ?",
      [claim.device, now.milliseconds, claim.enrolment],
      expecting: "enrolment \(claim.enrolment)")
    if claim.isAwaited { try advance(claim) }
    counts.sent += 1
  }

  private mutating func leaveOpen(_ claim: Claim, _ reason: String) throws {
    try endMessage(claim, "unknown", reason)
    try finishAttempt(claim, "unknown", reason)
    if claim.isAwaited {
      try db.changeOne(
        "UPDATE sequence_contacts SET reason = ? WHERE id = ? AND status = 'queued'",
        [reason, claim.enrolment], expecting: "enrolment \(claim.enrolment) to be queued")
    }
    counts.unknown += 1
  }

  private mutating func refuse(_ claim: Claim, _ reason: String) throws {
    try endMessage(claim, "failed", reason)
    try finishAttempt(claim, "refused", reason)
    if claim.isAwaited {
      try db.changeOne(
        """
        UPDATE sequence_contacts SET status = 'failed', reason = ?, ended_at = ?
        WHERE id = ? AND status = 'queued'
        """, [reason, now.milliseconds, claim.enrolment],
        expecting: "enrolment \(claim.enrolment) to be queued")
    }
    counts.failed += 1
  }

  /// Back to `pending`; a message that its enrolment no longer waits for is cancelled instead.
  private mutating func giveBack(_ claim: Claim, _ outcome: String, _ reason: String) throws {
    let status = claim.isAwaited ? "pending" : "cancelled"
    let error = claim.isAwaited ? reason : claim.enrolmentReason ?? reason
    try endMessage(claim, status, error)
    try finishAttempt(claim, outcome, reason)
    counts.returned += 1
  }

  private func pause(_ claim: Claim, _ reason: String, seconds: Int64) throws {
    let until = now.advanced(bySeconds: max(seconds, 0)).milliseconds
    try db.changeOne(
      """
      UPDATE user_devices
      SET pause_reason = CASE WHEN coalesce(paused_until, 0) < ?1 THEN ?2 ELSE pause_reason END,
        paused_until = max(coalesce(paused_until, 0), ?1)
      WHERE id = ?3
      """, [until, reason, claim.device], expecting: "device \(claim.device)")
    try DeviceEventEntry(
      tenant: claim.tenant, device: claim.device, kind: "paused", detail: reason, actor: Actor(PolicyChange.program),
      at: now
    ).record(in: db)
  }
}

// MARK: - Rows

extension ResultBatch {
  private func endMessage(_ claim: Claim, _ status: String, _ error: String) throws {
    try db.changeOne(
      """
      UPDATE broadcast_messages SET status = ?, error = ?, lease_epoch = NULL, lease_until = NULL
      WHERE id = ? AND status = 'sending' AND lease_epoch = ?
      """, [status, error, claim.message, epoch.raw], expecting: promise(claim))
  }

  private func finishAttempt(_ claim: Claim, _ outcome: String, _ error: String?, _ gatewayID: String? = nil)
    throws
  {
    try db.changeOne(
      """
      UPDATE attempts SET finished_at = ?, outcome = ?, error = ?, gateway_message_id = ?
      WHERE message_id = ? AND number = ? AND finished_at IS NULL
      """, [now.milliseconds, outcome, error, gatewayID, claim.message, claim.attempt],
      expecting: "attempt \(claim.attempt) of message \(claim.message) to be open")
  }

  private func advance(_ claim: Claim) throws {
    let progress = EnrolmentProgress.after(
      step: claim.ordinal, doneAt: now, nextDelayMilliseconds: claim.nextDelayMilliseconds)
    let expectation = "enrolment \(claim.enrolment) to be queued"
    switch progress {
    case .nextStep(let number, let dueAt):
      try db.changeOne(
        """
        UPDATE sequence_contacts
        SET status = 'scheduled', current_step = ?1, due_at = ?2, next_at = ?2, attempts = 0, reason = NULL
        WHERE id = ?3 AND status = 'queued'
        """, [number, dueAt.milliseconds, claim.enrolment], expecting: expectation)
    case .completed(let at):
      try db.changeOne(
        """
        UPDATE sequence_contacts SET status = 'completed', ended_at = ?, attempts = 0, reason = NULL
        WHERE id = ? AND status = 'queued'
        """, [at.milliseconds, claim.enrolment], expecting: expectation)
    }
  }

  private func promise(_ claim: Claim) -> String {
    "message \(claim.message) to be sending under epoch \(epoch.raw)"
  }
}
