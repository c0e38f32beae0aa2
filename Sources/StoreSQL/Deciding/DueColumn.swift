/// The columns read for a due contact, from `sequence_contacts` as `c`, its sequence as `q` and its lead as `l`.
package enum DueColumn: Int, SQLColumn {
  case enrolment, sequence, step, contact, phone, dueAt, attempts, assignedDevice, lastDevice, lastDecision, leadID,
    name,
    tags, attributes, optedOutAt, sequenceID, lastSentAt, moves, timeZone, isEnrolledAgain, lead, faults

  /// Columns of the aliases `c`, `q` and `l`.
  package var expression: String {
    switch self {
    case .enrolment: "c.id"
    case .sequence: "c.sequence_id"
    case .step: "c.current_step"
    case .contact: "c.external_id"
    case .phone: "c.contact_phone"
    case .dueAt: "c.due_at"
    case .attempts: "c.attempts"
    case .assignedDevice: "c.assigned_device_id"
    case .lastDevice: "c.last_device_id"
    case .lastDecision: "c.last_decision_id"
    case .leadID: "l.external_id"
    case .name: "l.name"
    case .tags: "l.tags"
    case .attributes: "l.attributes"
    case .optedOutAt: "l.opted_out_at"
    case .sequenceID: "q.external_id"
    case .lastSentAt: "c.last_sent_at"
    case .moves: "c.moves"
    case .timeZone: "l.time_zone"
    case .isEnrolledAgain: "l.is_enrolled_again"
    case .lead: "l.id"
    case .faults: "c.faults"
    }
  }
}

/// The columns read for a step `s` and its successor `n`.
package enum StepColumn: Int, SQLColumn {
  case step, content, nextDelay, priority

  /// Columns of the aliases `s` and `n`.
  package var expression: String {
    switch self {
    case .step: "s.id"
    case .content: "s.content"
    case .nextDelay: "n.delay_ms"
    case .priority: "s.priority"
    }
  }
}

/// The columns read for the message that already exists for a step.
package enum CarryingColumn: Int, SQLColumn {
  case status, sentAt, error

  /// Columns of `broadcast_messages`, without an alias.
  package var expression: String {
    switch self {
    case .status: "status"
    case .sentAt: "sent_at"
    case .error: "error"
    }
  }
}
