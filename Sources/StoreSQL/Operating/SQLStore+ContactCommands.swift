import Routing

extension SQLStore {
  /// Assigns a contact, and its unsent message, to another device. Recorded in `assignments` and `audit`.
  ///
  /// Throws `OperatorError` for a contact that is completed or cancelled, and while its message is being sent.
  package func reassignContact(
    _ id: ContactID, of tenant: TenantID, to device: DeviceID, reason: String?, actor: Actor, at now: Instant
  ) throws {
    try operating(tenant, actor, reason, now) { command in
      let contact = try command.contact(id)
      guard contact.status != .completed && contact.status != .cancelled else {
        throw OperatorError.refused(
          "expected an open contact, found that '\(id)' is \(contact.status)")
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
      let before = try command.db.value(
        "SELECT external_id FROM user_devices WHERE id = ?1", [contact.assignedDevice], as: String.self)
      try command.recordAudit("reassign", "contact \(id)", "device \(before ?? "none") to \(device)")
    }
  }

  /// Returns a message that failed or has an unknown result to `pending`; the next claim makes a new attempt (I-37).
  ///
  /// If the message's device is retired, the message goes to the contact's assigned device. Throws `OperatorError` if
  /// there is no such message, the lead opted out, or the assigned device is missing or retired. Recorded in `audit`.
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
          "expected a message of '\(id)' that failed or whose result is unknown, found \(found) "
            + "(the contact is \(contact.status)): there is nothing to retry")
      }
      guard try !command.isOptedOut(contact) else {
        throw OperatorError.refused("expected a lead that may be written to, found that '\(id)' opted out")
      }
      try command.moveOffRetiredDevice(message, of: contact)
      try command.db.changeOne(
        "UPDATE broadcast_messages SET status = 'pending', error = NULL WHERE id = ?1 AND status = ?2",
        [message.key, message.status.rawValue],
        expecting: "message \(message.key) to be \(message.status.rawValue)")
      try command.db.changeOne(
        """
        UPDATE sequence_contacts SET status = 'queued', reason = NULL, code = NULL, ended_at = NULL
        WHERE id = ?1 AND status = ?2
        """,
        [contact.key, contact.status.rawValue], expecting: "contact '\(id)' to be \(contact.status.rawValue)")
      try command.recordAudit("retry", "contact \(id)", "message \(message.key) was \(message.status.rawValue)")
    }
  }

  /// Opts a lead out and cancels its unsent messages, in one transaction.
  ///
  /// `who` is a lead's id, a phone number or a contact's id, searched in this order. A message that is being sent can
  /// no longer be stopped. Repeating the call changes nothing. Recorded in `audit`.
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

/// The message of an enrolment's current step.
private struct CurrentMessage {
  let key: Int64
  let status: MessageStatus
  let device: Int64
  let isDeviceRetired: Bool

  init?(of contact: OperatorCommand.FoundContact, in db: any SQLConnection) throws {
    let sql = """
      SELECT m.id, m.status, m.device_id, d.status AS device_status
      FROM sequence_contacts c
      JOIN sequence_steps s ON s.sequence_id = c.sequence_id AND s.ordinal = c.current_step
      JOIN broadcast_messages m ON m.sequence_contact_id = c.id AND m.sequence_step_id = s.id
      JOIN user_devices d ON d.id = m.device_id
      WHERE c.id = ?1
      """
    let found = try db.first(sql, [contact.key]) { row in
      (
        key: row["id"] as Int64, status: MessageStatus(rawValue: row["status"]), device: row["device_id"] as Int64,
        isDeviceRetired: (row["device_status"] as String) == "retired"
      )
    }
    guard let found, let status = found.status else { return nil }
    (key, self.status, device, isDeviceRetired) = (found.key, status, found.device, found.isDeviceRetired)
  }
}

extension OperatorCommand {
  fileprivate func isOptedOut(_ contact: FoundContact) throws -> Bool {
    try db.value("SELECT opted_out_at FROM leads WHERE id = ?1", [contact.lead], as: Int64.self) != nil
  }

  fileprivate func moveOffRetiredDevice(_ message: CurrentMessage, of contact: FoundContact) throws {
    guard message.isDeviceRetired else { return }
    let sql = "SELECT external_id FROM user_devices WHERE id = ?1 AND status <> 'retired'"
    guard let id = try db.value(sql, [contact.assignedDevice], as: String.self) else {
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
      let found = try db.first(sql, [tenant, who]) { (key: $0["id"] as Int64, id: $0["external_id"] as String) }
      if let found { return found }
    }
    throw OperatorError.unknown(.person, id: who)
  }

  /// Returns whether the lead had opted out before; the first time stays on record.
  fileprivate func setOptedOut(_ lead: Int64) throws -> Bool {
    let count = try db.change(
      "UPDATE leads SET opted_out_at = ?1 WHERE id = ?2 AND opted_out_at IS NULL", [now.milliseconds, lead])
    return count == 0
  }
}

/// The effect of a lead's opt-out on its enrolments and messages.
struct OptOut {
  static let reason = ClaimTransition.optedOutReason

  private let db: any SQLConnection

  init(_ db: any SQLConnection) { self.db = db }

  /// Cancels all unsent messages of a lead; returns their number.
  func cancelMessages(ofLead lead: Int64) throws -> Int {
    try db.change(
      """
      UPDATE broadcast_messages SET status = 'cancelled', error = ?1
      WHERE status = 'pending' AND sequence_contact_id IN (SELECT id FROM sequence_contacts WHERE lead_id = ?2)
      """, [OptOut.reason, lead])
  }

  /// Cancels all open enrolments of a lead; returns their number.
  func cancelEnrolments(ofLead lead: Int64, at now: Instant) throws -> Int {
    try db.change(
      """
      UPDATE sequence_contacts
      SET status = 'cancelled', reason = ?1, code = ?4, ended_at = ?2, next_at = NULL, capacity_at = NULL,
        waitlist_id = NULL
      WHERE lead_id = ?3 AND status IN ('scheduled', 'waiting', 'queued')
      """, [OptOut.reason, now.milliseconds, lead, ReasonCode.optedOut.rawValue])
  }
}
