import Routing

/// Moves an enrolment to another device at an operator's request, together with its unsent message.
struct Reassignment {
  let command: OperatorCommand
  let device: OperatorCommand.FoundDevice
  let reason: String

  /// Assigns the enrolment, unless it already belongs to this device.
  func assign(_ enrolment: Int64) throws {
    let count = try command.db.change(
      "UPDATE sequence_contacts SET assigned_device_id = ?1 WHERE id = ?2 AND assigned_device_id IS NOT ?1",
      [device.key, enrolment])
    guard count == 1 else { return }
    try WaitCauses.wake(contact: enrolment, in: command.db)
    try command.db.change(
      """
      INSERT INTO assignments (tenant_id, sequence_contact_id, device_id, decision_id, reason, actor, at)
      VALUES (?1, ?2, ?3, NULL, ?4, ?5, ?6)
      """, [command.tenant, enrolment, device.key, reason, command.actor.name, command.now.milliseconds])
  }

  /// A message that moves to another device gets a decision that names it: message and decision never disagree (I-01).
  ///
  /// The contact moves too, unless `owner` is a device other than its own: then the message was on a fallback device
  /// and moves to another fallback device.
  func move(message: Int64, from status: MessageStatus, of owner: Int64? = nil) throws {
    let db = command.db
    let decision = try db.value(
      """
      INSERT INTO decisions (tenant_id, sequence_contact_id, sequence_step_id, previous_id, outcome, device_id,
        assigned_device_id, reason, revision_id, seed, instructions, at)
      SELECT m.tenant_id, m.sequence_contact_id, m.sequence_step_id, c.last_decision_id,
        CASE WHEN c.assigned_device_id IS ?5 OR ?5 IS NULL THEN 'move' ELSE 'use' END, ?1,
        c.assigned_device_id, ?2, NULL, 0, 0, ?3
      FROM broadcast_messages m JOIN sequence_contacts c ON c.id = m.sequence_contact_id WHERE m.id = ?4
      RETURNING id
      """, [device.key, "\(command.actor.name): \(reason)", command.now.milliseconds, message, owner],
      as: Int64.self)
    try db.changeOne(
      """
      UPDATE broadcast_messages SET device_id = ?1, decision_id = ?2, try = max(try, 0) + 1 WHERE id = ?3 AND status = ?4
      """,
      [device.key, decision, message, status.rawValue],
      expecting: "message \(message) to be \(status.rawValue)")
    try db.changeOne(
      """
      UPDATE sequence_contacts SET last_decision_id = ?1
      WHERE id = (SELECT sequence_contact_id FROM broadcast_messages WHERE id = ?2)
      """, [decision, message], expecting: "the enrolment of message \(message)")
  }
}
