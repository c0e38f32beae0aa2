internal import GRDB
import Routing

extension SQLiteStore {
  /// Gives a contact to another device, and with it a message that still waits. Recorded in `assignments` and `audit`.
  ///
  /// Throws `OperatorError` for a contact that is completed or cancelled, and while its message is being sent.
  package func reassignContact(
    _ id: ContactID, of tenant: TenantID, to device: DeviceID, reason: String?, actor: Actor, at now: Instant
  ) throws {
    try operating(tenant, actor, reason, now) { command in
      let contact = try command.contact(id)
      guard contact.status != .completed && contact.status != .cancelled else {
        throw OperatorError.refused(
          "expected a contact that is not over, found that '\(id)' is \(contact.status)")
      }
      let reassignment = Reassignment(
        command: command, device: try command.deviceInService(device), reason: (reason ?? "by an operator").asReason)
      let message = try CurrentMessage(of: contact, in: command.db)
      guard message?.status != .sending else {
        throw OperatorError.refused(
          "expected no message of '\(id)' to be on its way, found one: try again in a minute")
      }
      if let message, message.status == .pending, message.device != reassignment.device.key {
        try reassignment.move(message: message.key, from: .pending)
      }
      try reassignment.assign(contact.key)
      let before = try String.fetchOne(
        command.db, sql: "SELECT external_id FROM user_devices WHERE id = ?", arguments: [contact.assignedDevice])
      try command.recordAudit("reassign", "contact \(id)", "device \(before ?? "none") to \(device)")
    }
  }

  /// Puts a failed message, or one of unknown fate, back to `pending`: the next claim makes a new attempt (I-37).
  ///
  /// A message whose device was retired goes to the contact's assigned device. Throws `OperatorError` when there is no
  /// such message, the lead opted out, or no device in service is assigned. Recorded in `audit`.
  package func retryContact(
    _ id: ContactID, of tenant: TenantID, reason: String? = nil, actor: Actor, at now: Instant
  ) throws {
    try operating(tenant, actor, reason, now) { command in
      let contact = try command.contact(id)
      let message = try CurrentMessage(of: contact, in: command.db)
      guard let message, message.status == .failed || message.status == .unknown, contact.status != .cancelled
      else {
        let found = message.map { "a \($0.status.rawValue) one" } ?? "none"
        throw OperatorError.refused(
          "expected a failed message of '\(id)', or one of unknown fate, found \(found) "
            + "(the contact is \(contact.status)): there is nothing to retry")
      }
      guard try !command.isOptedOut(contact) else {
        throw OperatorError.refused("expected a lead that may be written to, found that '\(id)' opted out")
      }
      try command.moveOffRetiredDevice(message, of: contact)
      try command.db.changeOne(
        "UPDATE broadcast_messages SET status = 'pending', error = NULL WHERE id = ? AND status = ?",
        [message.key, message.status.rawValue],
        expecting: "message \(message.key) to be \(message.status.rawValue)")
      try command.db.changeOne(
        "UPDATE sequence_contacts SET status = 'queued', reason = NULL, ended_at = NULL WHERE id = ? AND status = ?",
        [contact.key, contact.status.rawValue], expecting: "contact '\(id)' to be \(contact.status.rawValue)")
      try command.recordAudit("retry", "contact \(id)", "message \(message.key) was \(message.status.rawValue)")
    }
  }

  /// Records that a lead is not to be written to any more, and cancels what has not left, in one step.
  ///
  /// `who` is a lead's id, a phone number or a contact's id, looked for in this order. A message that is being sent
  /// at this moment can no longer be stopped. Doing it twice changes nothing more. Recorded in `audit`.
  package func optOut(
    _ who: String, of tenant: TenantID, reason: String? = nil, actor: Actor, at now: Instant
  ) throws -> OptOutResult {
    try operating(tenant, actor, reason, now) { command in
      let lead = try command.lead(who)
      let wasOptedOut = try command.setOptedOut(lead.key)
      let messages = try OptOut(command.db).cancelMessages(ofLead: lead.key)
      let enrolments = try OptOut(command.db).cancelEnrolments(ofLead: lead.key, at: now)
      let result = OptOutResult(
        lead: lead.id, wasOptedOut: wasOptedOut, cancelledMessages: messages, cancelledContacts: enrolments)
      if !wasOptedOut || messages + enrolments > 0 {
        try command.recordAudit("opt-out", "lead \(lead.id)", "cancelled \(messages) messages, \(enrolments) contacts")
      }
      return result
    }
  }
}

/// The message that carries an enrolment's current step.
private struct CurrentMessage {
  let key: Int64
  let status: MessageStatus
  let device: Int64
  let isDeviceRetired: Bool

  init?(of contact: OperatorCommand.FoundContact, in db: Database) throws {
    let sql = """
      SELECT m.id, m.status, m.device_id, d.status = 'retired'
      FROM sequence_contacts c
      JOIN sequence_steps s ON s.sequence_id = c.sequence_id AND s.ordinal = c.current_step
      JOIN broadcast_messages m ON m.sequence_contact_id = c.id AND m.sequence_step_id = s.id
      JOIN user_devices d ON d.id = m.device_id
      WHERE c.id = ?
      """
    guard let row = try Row.fetchOne(db, sql: sql, arguments: [contact.key]),
      let status = MessageStatus(rawValue: row[1])
    else { return nil }
    (key, self.status, device, isDeviceRetired) = (row[0], status, row[2], row[3])
  }
}

extension OperatorCommand {
  fileprivate func isOptedOut(_ contact: FoundContact) throws -> Bool {
    let sql = "SELECT opted_out_at IS NOT NULL FROM leads WHERE id = ?"
    return try Bool.fetchOne(db, sql: sql, arguments: [contact.lead]) ?? false
  }

  fileprivate func moveOffRetiredDevice(_ message: CurrentMessage, of contact: FoundContact) throws {
    guard message.isDeviceRetired else { return }
    let sql = "SELECT external_id FROM user_devices WHERE id = ? AND status <> 'retired'"
    guard let id = try String.fetchOne(db, sql: sql, arguments: [contact.assignedDevice]) else {
      throw OperatorError.refused(
        "expected a device in service for '\(contact.id)', found that its device is retired: reassign it first"
      )
    }
    let device = try device(DeviceID(stored: id))
    try Reassignment(command: self, device: device, reason: "retried").move(
      message: message.key, from: message.status)
  }

  fileprivate func lead(_ who: String) throws -> (key: Int64, id: String) {
    let lookups = [
      "SELECT id, external_id FROM leads WHERE tenant_id = ?1 AND external_id = ?2",
      "SELECT id, external_id FROM leads WHERE tenant_id = ?1 AND phone = ?2",
      """
      SELECT l.id, l.external_id FROM sequence_contacts c JOIN leads l ON l.id = c.lead_id
      WHERE c.tenant_id = ?1 AND c.external_id = ?2
      """,
    ]
    for sql in lookups {
      if let row = try Row.fetchOne(db, sql: sql, arguments: [tenant, who]) { return (row[0], row[1]) }
    }
    throw OperatorError.unknown(what: "lead, phone number or contact", id: who)
  }

  /// Whether the lead had opted out before; the first time stays on record.
  fileprivate func setOptedOut(_ lead: Int64) throws -> Bool {
    try db.change(
      "UPDATE leads SET opted_out_at = ? WHERE id = ? AND opted_out_at IS NULL", [now.milliseconds, lead])
    return db.changesCount == 0
  }
}
