/// The statements of a cycle. The store prepares them, and the benchmark's baseline in C runs the same SQL.
package enum CycleSQL {
  /// The epoch of the current leader.
  package static let epoch = "SELECT epoch FROM leader WHERE id = 1"

  /// The number of the tenant's latest policy generation.
  package static let generation = "SELECT max(generation) FROM policy_changes WHERE tenant_id = ?1"

  // MARK: - Reading due steps

  /// Walks the index `sequence_contacts_due`, oldest due time first.
  package static let due = """
    SELECT \(DueColumn.select)
    FROM sequence_contacts c INDEXED BY sequence_contacts_due
    CROSS JOIN sequences q ON q.id = c.sequence_id
    CROSS JOIN leads l ON l.id = c.lead_id
    WHERE c.tenant_id = ?1 AND c.next_at <= ?2 AND q.status = 'active'
    ORDER BY c.next_at, c.id
    LIMIT ?3
    """

  /// Reads one contact with the columns of `due`, whether it is due or not.
  package static let undecided = """
    SELECT \(DueColumn.select)
    FROM sequence_contacts c
    CROSS JOIN sequences q ON q.id = c.sequence_id
    CROSS JOIN leads l ON l.id = c.lead_id
    WHERE c.external_id = ?1 AND c.tenant_id = ?2 AND c.next_at IS NOT NULL
    """

  /// A step and the delay of its successor.
  package static let step = """
    SELECT \(StepColumn.select)
    FROM sequence_steps s
    LEFT JOIN sequence_steps n ON n.sequence_id = s.sequence_id AND n.ordinal = s.ordinal + 1
    WHERE s.sequence_id = ?1 AND s.ordinal = ?2
    """

  /// A device's external id by its key.
  package static let device = "SELECT external_id FROM user_devices WHERE id = ?1"

  /// The message that already exists for a step, which is rare.
  package static let carrying = """
    SELECT \(CarryingColumn.select) FROM broadcast_messages
    WHERE sequence_contact_id = ?1 AND sequence_step_id = ?2
    """

  /// Counts the messages to a lead that are on their way, or that were (or may have been) sent after a given time.
  package static let recentMessages = """
    SELECT count(*)
    FROM sequence_contacts c INDEXED BY sequence_contacts_lead
    CROSS JOIN broadcast_messages m ON m.sequence_contact_id = c.id
    WHERE c.lead_id = ?1 AND (m.sent_at > ?2 OR m.status = 'pending' OR m.status = 'sending'
      OR (m.status = 'unknown'
        AND (SELECT max(a.finished_at) FROM attempts a WHERE a.message_id = m.id AND a.outcome = 'unknown') > ?2))
    """

  // MARK: - Writing decisions

  /// A revision's key by its digest; no row for a revision that is not recorded yet.
  package static let revision = "SELECT id FROM policy_revisions WHERE external_id = ?1"

  /// Inserts a decision with the inputs that a replay needs.
  package static let decision = """
    INSERT INTO decisions (tenant_id, sequence_contact_id, sequence_step_id, previous_id, outcome, device_id,
      assigned_device_id, reason, revision_id, seed, instructions, until, error_kind, error_line, notes, at,
      fleet_id, due_at, attempts, last_device_id, utc_offset_minutes, messages_day, moves, code, caught, waitlist,
      priority)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
      ?24, ?25, ?26, ?27)
    """

  /// Inserts a message, `pending` by default.
  package static let message = """
    INSERT INTO broadcast_messages (tenant_id, sequence_id, sequence_contact_id, sequence_step_id, decision_id,
      recipient_phone, device_id, content, created_at, priority)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
    """

  /// Marks an enrolment as queued. Changes no row if it is not open; the batch then fails.
  package static let queue = """
    UPDATE sequence_contacts
    SET status = 'queued', next_at = NULL, reason = NULL, code = NULL, capacity_at = NULL, waitlist_id = NULL,
      last_decision_id = ?2,
      faults = 0
    WHERE id = ?1 AND next_at IS NOT NULL
    """

  // MARK: - Recording the inputs of decisions

  /// The last decision before the start of one of a tenant's generations.
  package static let generationBeginning = """
    SELECT after_decision_id FROM policy_changes WHERE tenant_id = ?1 AND generation = ?2
    """

  /// The number of the next decision. The fleet record for it uses the same number.
  package static let nextDecision = "SELECT coalesce(max(id), 0) + 1 FROM decisions"

  /// Inserts the bytes of a fleet: the whole fleet, or the difference to `base_id`.
  package static let fleet = """
    INSERT INTO fleet_records (id, tenant_id, generation, at, base_id, last_decision_id, body, utc_offset_minutes,
      engine, lua, bulk_share)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
    """

  /// Extends a fleet record to cover decisions up to a later one.
  package static let extendFleet = "UPDATE fleet_records SET last_decision_id = ?2 WHERE id = ?1"

  // MARK: - Writes that few decisions need

  /// Assigns an enrolment to another device; `?3` is 1 for a move and 0 for a first assignment.
  package static let assign = """
    UPDATE sequence_contacts SET assigned_device_id = ?2, moves = moves + ?3 WHERE id = ?1
    """

  /// Records why an enrolment has its device from now on.
  package static let assignment = """
    INSERT INTO assignments (tenant_id, sequence_contact_id, device_id, decision_id, reason, actor, at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    """

  /// What a guard overruled, stored with the decision to wait.
  package static let narrowed = """
    INSERT INTO narrowed_choices (decision_id, revision_id, outcome, device_id, reason, code)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    """

  /// Makes an enrolment wait until `next_at` and counts one more attempt. `?7` is the new number of its faults in a row;
  /// NULL keeps the number.
  package static let wait = """
    UPDATE sequence_contacts
    SET status = 'waiting', next_at = ?2, reason = ?3, capacity_at = ?4, attempts = attempts + 1,
      last_decision_id = ?5, code = ?6, waitlist_id = ?7, priority = ?8, faults = coalesce(?9, faults)
    WHERE id = ?1 AND next_at IS NOT NULL
    """

  /// Sets aside an enrolment whose row cannot be read; does not count an attempt.
  package static let quarantine = """
    UPDATE sequence_contacts SET status = 'waiting', next_at = ?2, reason = ?3, capacity_at = NULL,
      waitlist_id = NULL, code = ?4, priority = ?5
    WHERE id = ?1 AND next_at IS NOT NULL
    """

  /// Moves an enrolment past its step: completed, ended, or scheduled for the next step.
  package static let updateEnrolment = """
    UPDATE sequence_contacts
    SET status = ?2, current_step = ?3, due_at = coalesce(?4, due_at), next_at = ?4, reason = ?5,
      capacity_at = NULL, waitlist_id = NULL, attempts = 0, last_decision_id = coalesce(?6, last_decision_id), ended_at = ?7,
      code = ?8, faults = 0
    WHERE id = ?1 AND next_at IS NOT NULL
    """
}
