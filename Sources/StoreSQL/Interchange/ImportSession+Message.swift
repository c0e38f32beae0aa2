import Routing
import Wire

private enum MessageColumn: Int, DraftColumn {
  case sequence, decision, phone, device, content, status, error, attempts, leaseEpoch, leaseUntil, createdAt,
    sentAt
  case gatewayMessageID, priority

  var expression: String {
    switch self {
    case .sequence: "sequence_id"
    case .decision: "decision_id"
    case .phone: "recipient_phone"
    case .device: "device_id"
    case .content: "content"
    case .status: "status"
    case .error: "error"
    case .attempts: "attempts"
    case .leaseEpoch: "lease_epoch"
    case .leaseUntil: "lease_until"
    case .createdAt: "created_at"
    case .sentAt: "sent_at"
    case .gatewayMessageID: "gateway_message_id"
    case .priority: "priority"
    }
  }
}

private enum AttemptColumn: Int, DraftColumn {
  case device, epoch, startedAt, finishedAt, outcome, error, gatewayMessageID

  var expression: String {
    switch self {
    case .device: "device_id"
    case .epoch: "epoch"
    case .startedAt: "started_at"
    case .finishedAt: "finished_at"
    case .outcome: "outcome"
    case .error: "error"
    case .gatewayMessageID: "gateway_message_id"
    }
  }
}

extension ImportSession {
  /// Applies a message, identified by its enrolment and step.
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
    let priority = try reader.named("priority") { (r, k) throws(FieldError) in try r.priority(k) }.value ?? .normal
    try reader.finish()
    let decision = try decision(reader, number, of: enrolment.key)

    var draft = try find(MessageSQL.find, [enrolment.key, step.key]) ?? Draft<MessageColumn>()
    draft[.sequence] = enrolment.sequence.sqlValue
    draft[.decision] = decision.sqlValue
    draft[.phone] = phone.sqlValue
    draft[.device] = device.sqlValue
    draft[.content] = content.sqlValue
    draft[.status] = status.sqlValue
    draft[.error] = error.sqlValue
    draft[.attempts] = attempts.sqlValue
    draft[.leaseEpoch] = leaseEpoch.sqlValue
    draft[.leaseUntil] = leaseUntil.sqlValue
    draft[.createdAt] = createdAt.sqlValue
    draft[.sentAt] = sentAt.sqlValue
    draft[.gatewayMessageID] = gatewayMessageID.sqlValue
    draft[.priority] = priority.rawValue.sqlValue
    guard draft.isNew else {
      return try expectSame(draft, "the message of step \(step.number)", path: "step")
    }
    let isAwaited = awaitedMessages[enrolment.key].map { $0.step == step.number } ?? false
    try checkPlace(of: enrolment, step.number, isAwaited, reader)
    let owner: SQLArguments = [tenants[tenant].key, enrolment.key, step.key]
    let key = try insert(MessageSQL.insert, owner + draft.arguments)
    try MessagePeriods.note(key, createdAt: createdAt, in: db)
    if let status = MessageStatus(rawValue: status), KeptTotals.isCounted(status) {
      try run(MessageSQL.count, [step.key, status.rawValue])
    }
    if let sentAt { try run(MessageSQL.noteSent, [sentAt, enrolment.key]) }
    if isAwaited { try arrive(enrolment.key) }
    return .created
  }

  /// Throws if the enrolment has not reached the step, or the step is still to be decided: such a step has no message.
  private func checkPlace(
    of enrolment: ImportedEnrolment, _ step: Int, _ isAwaited: Bool, _ reader: JSONReader
  ) throws {
    if step > enrolment.step {
      throw reader.failure("step", expected: "a step that the enrolment has reached: 1 to \(enrolment.step)")
    }
    let isUndecided = enrolment.status == "scheduled" || enrolment.status == "waiting"
    guard step == enrolment.step, isUndecided, !isAwaited else { return }
    throw reader.failure(
      "step", expected: "a step before \(step), because the enrolment is still \(enrolment.status) at step \(step)",
      hint: "an enrolment with an open message has the status 'queued'")
  }

  /// Applies an attempt at a gateway, identified by its message and number.
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
      try r.oneOf(k, AttemptOutcome.allCases.map(\.rawValue))
    }.value
    let error = try reader.optionalText("error")
    let gatewayMessageID = try reader.optionalText("gateway_message_id")
    try reader.finish()
    guard let message: Int64 = try value(MessageSQL.key, [enrolment.key, step.key]) else {
      throw unknown(reader, "step", "a step that has a message, in the store or earlier in the file")
    }

    var draft = try find(MessageSQL.findAttempt, [message, number]) ?? Draft<AttemptColumn>()
    draft[.device] = device.sqlValue
    draft[.epoch] = epoch.sqlValue
    draft[.startedAt] = startedAt.sqlValue
    draft[.finishedAt] = finishedAt.sqlValue
    draft[.outcome] = outcome.sqlValue
    draft[.error] = error.sqlValue
    draft[.gatewayMessageID] = gatewayMessageID.sqlValue
    if draft.isNew {
      let owner: SQLArguments = [tenants[tenant].key, message, number]
      try run(MessageSQL.insertAttempt, owner + draft.arguments)
      if let finishedAt, outcome == "accepted" || outcome == "unknown" {
        try SendPeriods(db).forget(from: Instant(milliseconds: finishedAt))
      }
      return .created
    }
    return try expectSame(draft, "attempt \(number)", path: "number")
  }
}

private enum MessageSQL {
  static let key = "SELECT id FROM broadcast_messages WHERE sequence_contact_id = ?1 AND sequence_step_id = ?2"
  static let find = """
    SELECT \(MessageColumn.stored) FROM broadcast_messages WHERE sequence_contact_id = ?1 AND sequence_step_id = ?2
    """
  static let insert = MessageColumn.insert(
    into: "broadcast_messages", owner: ["tenant_id", "sequence_contact_id", "sequence_step_id"])
  static let count = """
    INSERT INTO message_totals (sequence_step_id, status, messages) VALUES (?1, ?2, 1)
    ON CONFLICT (sequence_step_id, status) DO UPDATE SET messages = message_totals.messages + 1
    """
  static let noteSent =
    "UPDATE sequence_contacts SET last_sent_at = max(coalesce(last_sent_at, ?1), ?1) WHERE id = ?2"
  static let findAttempt = "SELECT \(AttemptColumn.stored) FROM attempts WHERE message_id = ?1 AND number = ?2"
  static let insertAttempt = AttemptColumn.insert(into: "attempts", owner: ["tenant_id", "message_id", "number"])
}
