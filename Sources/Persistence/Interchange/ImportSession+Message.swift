internal import GRDB
import Routing
import Wire

private enum MessageColumn: Int {
  case sequence, decision, phone, device, content, status, error, attempts, leaseEpoch, leaseUntil, createdAt,
    sentAt
  case gatewayMessageID
}

private enum AttemptColumn: Int {
  case device, epoch, startedAt, finishedAt, outcome, error, gatewayMessageID
}

extension ImportSession {
  /// A message, known by its enrolment and step.
  mutating func applyMessage(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let enrolment = try enrolment(&reader, of: tenant)
    let step = try step(&reader, "step", of: enrolment.sequence, tenant: tenant)
    let number = try reader.whole("decision", from: 1)
    let instant = { (r: inout JSONReader, k: String) throws(FieldError) -> Int64 in try r.instant(k) }
    let phone = try reader.phone("phone")
    let device = try device(&reader, "device", of: tenant)
    let content = try reader.text("content")
    let status = try reader.oneOf("status", MessageStatus.allCases.map(\.rawValue))
    let error = try reader.optionalText("error")
    let attempts = try reader.whole("attempts")
    let leaseEpoch = try reader.optionalInt("lease_epoch")
    let leaseUntil = try reader.named("lease_until", instant).value
    let createdAt = try reader.instant("created_at")
    let sentAt = try reader.named("sent_at", instant).value
    let gatewayMessageID = try reader.optionalText("gateway_message_id")
    try reader.finish()
    let decision = try decision(reader, number, of: enrolment.key)

    let owner = [tenants[tenant].key.databaseValue, enrolment.key.databaseValue, step.key.databaseValue]
    var draft: Draft<MessageColumn>
    if let row = try first(MessageSQL.find, Array(owner.dropFirst())) {
      draft = Draft(stored: row)
    } else {
      draft = Draft(new: Array(repeating: .null, count: MessageColumn.gatewayMessageID.rawValue + 1))
    }
    draft[.sequence] = enrolment.sequence.databaseValue
    draft[.decision] = decision.databaseValue
    draft[.phone] = phone.databaseValue
    draft[.device] = device.databaseValue
    draft[.content] = content.databaseValue
    draft[.status] = status.databaseValue
    draft[.error] = error.databaseValue
    draft[.attempts] = attempts.databaseValue
    draft[.leaseEpoch] = leaseEpoch.databaseValue
    draft[.leaseUntil] = leaseUntil.databaseValue
    draft[.createdAt] = createdAt.databaseValue
    draft[.sentAt] = sentAt.databaseValue
    draft[.gatewayMessageID] = gatewayMessageID.databaseValue
    guard draft.isNew else {
      return try expectSame(draft, "the message of step \(step.number)", path: "step")
    }
    let isAwaited = awaitedMessages[enrolment.key].map { $0.step == step.number } ?? false
    try checkPlace(of: enrolment, step.number, isAwaited, reader)
    try run(MessageSQL.insert, owner + draft.values)
    if let sentAt {
      try run(MessageSQL.noteSent, [sentAt.databaseValue, enrolment.key.databaseValue])
    }
    if isAwaited { try arrive(enrolment.key) }
    return .created
  }

  /// A step has a message or is still to be decided, never both.
  private func checkPlace(
    of enrolment: ImportedEnrolment, _ step: Int, _ isAwaited: Bool, _ reader: JSONReader
  ) throws {
    if step > enrolment.step {
      throw reader.failure("step", expected: "a step that the enrolment has reached: 1 to \(enrolment.step)")
    }
    let isUndecided = enrolment.status == "scheduled" || enrolment.status == "waiting"
    guard step == enrolment.step, isUndecided, !isAwaited else { return }
    throw reader.failure(
      "step", expected: "a step before \(step), at which the enrolment is \(enrolment.status)",
      hint: "an enrolment whose message is under way has the status 'queued'")
  }

  /// A try at a gateway, known by its message and number.
  mutating func applyAttempt(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let enrolment = try enrolment(&reader, of: tenant)
    let step = try step(&reader, "step", of: enrolment.sequence, tenant: tenant)
    let number = try reader.whole("number", from: 1)
    let device = try device(&reader, "device", of: tenant)
    let epoch = try reader.int("epoch")
    let startedAt = try reader.instant("started_at")
    let finishedAt = try reader.named("finished_at") { (r, k) throws(FieldError) in try r.instant(k) }.value
    let outcome = try reader.named("outcome") { (r, k) throws(FieldError) in
      try r.oneOf(k, ["accepted", "unknown", "refused", "device_fault", "not_sent"])
    }.value
    let error = try reader.optionalText("error")
    let gatewayMessageID = try reader.optionalText("gateway_message_id")
    try reader.finish()
    guard let message = try first(MessageSQL.key, [enrolment.key.databaseValue, step.key.databaseValue])
    else {
      throw unknown(reader, "step", "a step that has a message, on record or earlier in the file")
    }

    let owner = [message[0] as DatabaseValue, number.databaseValue]
    let values = [
      device.databaseValue, epoch.databaseValue, startedAt.databaseValue, finishedAt.databaseValue,
      outcome.databaseValue, error.databaseValue, gatewayMessageID.databaseValue,
    ]
    guard let row = try first(MessageSQL.findAttempt, owner) else {
      try run(MessageSQL.insertAttempt, [tenants[tenant].key.databaseValue] + owner + values)
      return .created
    }
    var draft = Draft<AttemptColumn>(stored: row)
    for (index, value) in values.enumerated() { draft[AttemptColumn(rawValue: index)!] = value }
    return try expectSame(draft, "attempt \(number)", path: "number")
  }
}

private enum MessageSQL {
  static let key = "SELECT id FROM broadcast_messages WHERE sequence_contact_id = ? AND sequence_step_id = ?"
  static let find = """
    SELECT id, sequence_id, decision_id, recipient_phone, device_id, content, status, error, attempts,
      lease_epoch, lease_until, created_at, sent_at, gateway_message_id
    FROM broadcast_messages WHERE sequence_contact_id = ? AND sequence_step_id = ?
    """
  static let insert = """
    INSERT INTO broadcast_messages (tenant_id, sequence_contact_id, sequence_step_id, sequence_id,
      decision_id, recipient_phone, device_id, content, status, error, attempts, lease_epoch, lease_until,
      created_at, sent_at, gateway_message_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """
  static let noteSent =
    "UPDATE sequence_contacts SET last_sent_at = max(coalesce(last_sent_at, ?1), ?1) WHERE id = ?2"
  static let findAttempt = """
    SELECT id, device_id, epoch, started_at, finished_at, outcome, error, gateway_message_id FROM attempts
    WHERE message_id = ? AND number = ?
    """
  static let insertAttempt = """
    INSERT INTO attempts (tenant_id, message_id, number, device_id, epoch, started_at, finished_at, outcome,
      error, gateway_message_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """
}
