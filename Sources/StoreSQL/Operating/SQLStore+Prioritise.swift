import Routing

extension SQLStore {
  /// Changes the place of a contact's queued message in its device's queue; see `OperatorStore`. Recorded in `audit`.
  package func prioritiseContact(
    _ id: ContactID, of tenant: TenantID, as priority: Priority, reason: String?, actor: Actor, at now: Instant
  ) throws {
    try operating(tenant, actor, reason, now) { command in
      let contact = try command.contact(id)
      let sql = """
        SELECT m.id, m.status, m.priority
        FROM sequence_contacts c
        JOIN sequence_steps s ON s.sequence_id = c.sequence_id AND s.ordinal = c.current_step
        JOIN broadcast_messages m ON m.sequence_contact_id = c.id AND m.sequence_step_id = s.id
        WHERE c.id = ?1
        """
      let message = try command.db.first(sql, [contact.key]) { row in
        (key: row["id"] as Int64, status: row["status"] as String, priority: Priority(stored: row["priority"]))
      }
      guard let message, message.status == MessageStatus.pending.rawValue else {
        let found = message.map { "one that is \($0.status)" } ?? "none"
        throw OperatorError.refused(
          "expected a queued message of '\(id)', found \(found) (the contact is \(contact.status)): "
            + "only a queued message has a place in a queue"
            + (contact.status == .waiting
              ? "; `usher contact wake` has a waiting contact decided in the next cycle" : ""))
      }
      guard message.priority != priority else { return }
      try command.db.changeOne(
        "UPDATE broadcast_messages SET priority = ?1 WHERE id = ?2 AND status = 'pending'",
        [priority.rawValue, message.key], expecting: "message \(message.key) to be pending")
      try command.recordAudit(
        "prioritise", "contact \(id)", "message \(message.key) from \(message.priority.name) to \(priority.name)")
    }
  }
}
