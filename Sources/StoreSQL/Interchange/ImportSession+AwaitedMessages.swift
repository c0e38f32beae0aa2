import Routing
import Wire

/// The effect of a message on its enrolment's earlier line: a step has a message or is still to be decided, never both.
extension ImportSession {
  /// Refuses changes that an existing message at the enrolment's step forbids. Returns whether the enrolment must wait
  /// for its message's line; until then it is stored as scheduled.
  func awaitsMessage(
    _ draft: inout Draft<EnrolmentColumn>, _ step: Int64, _ reader: JSONReader
  ) throws -> Bool {
    let isQueued = draft[.status] == EnrolmentStatus.queued.rawValue.sqlValue
    let current = try draft.key.flatMap { try message(of: $0, at: nil) }
    if let current {
      let moved: [(EnrolmentColumn, String)] = [
        (.step, "step"), (.status, "status"), (.dueAt, "due_at"), (.nextAt, "next_at"),
        (.assignedDevice, "assigned_device"),
      ]
      if let (_, field) = moved.first(where: { draft.differs($0.0) }) {
        throw carried(reader, field, current)
      }
      return false
    }
    if let key = draft.key, draft.differs(.step), let sent = try message(of: key, at: step) {
      throw carried(reader, "step", sent)
    }
    guard isQueued else { return false }
    draft[.status] = EnrolmentStatus.scheduled.rawValue.sqlValue
    draft[.nextAt] = draft[.dueAt]
    return true
  }

  /// The message of the given step, or of the enrolment's current step.
  private func message(of enrolment: Int64, at step: Int64?) throws -> FoundMessage? {
    try first(AwaitedSQL.message, [enrolment, step], FoundMessage.init)
  }

  private func carried(_ reader: JSONReader, _ field: String, _ message: FoundMessage) -> FieldError {
    FieldError(
      path: reader.path(of: field), expected: "no message at step \(message.step) of an enrolment that the line moves",
      found: "a message that is \(message.status) on device '\(message.device)'",
      hint: "leave '\(field)' out, or use `usher contact`")
  }

  /// Marks the enrolment as queued, now that its message's line has come.
  mutating func arrive(_ enrolment: Int64) throws {
    try run(AwaitedSQL.queue, [enrolment])
    awaitedMessages[enrolment] = nil
  }

  /// Ends an enrolment whose message was on a skipped line: it may have been sent, so it is not sent again.
  mutating func giveUp(_ enrolment: Int64) throws {
    try run(AwaitedSQL.cancel, [now, enrolment])
    awaitedMessages[enrolment] = nil
  }
}

/// The message of a step.
private struct FoundMessage {
  let step: Int
  let status: String
  let device: String

  init(_ row: SQLRow) {
    step = row["step"]
    status = row["status"]
    device = row["device"]
  }
}

private enum AwaitedSQL {
  static let message = """
    SELECT s.ordinal AS step, m.status, d.external_id AS device
    FROM sequence_contacts c
    JOIN sequence_steps s ON s.sequence_id = c.sequence_id
    JOIN broadcast_messages m ON m.sequence_contact_id = c.id AND m.sequence_step_id = s.id
    JOIN user_devices d ON d.id = m.device_id
    WHERE c.id = ?1
      AND CASE WHEN s.id = ?2 THEN 1 WHEN ?2 IS NULL AND s.ordinal = c.current_step THEN 1 ELSE 0 END = 1
    """
  static let queue = "UPDATE sequence_contacts SET status = 'queued', next_at = NULL, waitlist_id = NULL WHERE id = ?1"
  static let cancel = """
    UPDATE sequence_contacts
    SET status = 'cancelled', reason = 'imported as queued without its message',
      code = '\(ReasonCode.messageMissing.rawValue)', next_at = NULL, waitlist_id = NULL, ended_at = ?1
    WHERE id = ?2
    """
}
