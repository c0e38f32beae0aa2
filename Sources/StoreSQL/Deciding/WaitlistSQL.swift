/// The statements that serve waitlists in a cycle.
package enum WaitlistSQL {
  /// Whether a tenant has a contact on a waitlist. One look-up in the index.
  package static let any = """
    SELECT 1 FROM sequence_contacts INDEXED BY sequence_contacts_waits
    WHERE tenant_id = ?1 AND waitlist_id > 0 AND status = 'waiting'
    LIMIT 1
    """

  /// All waitlists of a tenant, with contacts or without.
  package static let lists = "SELECT id, device_id, filter FROM waitlists WHERE tenant_id = ?1 ORDER BY id"

  /// The sequences of a tenant whose steps are not decided.
  package static let inactive = "SELECT id FROM sequences WHERE tenant_id = ?1 AND status <> 'active'"

  /// The next contacts of a waitlist in its order, after the one with priority ?3, due time ?4 and key ?6, at most ?5.
  /// Reads the index alone.
  package static let entries = PageSQL(
    """
    SELECT priority, due_at, id, sequence_id
    FROM sequence_contacts INDEXED BY sequence_contacts_waits
    WHERE tenant_id = ?1 AND waitlist_id = ?2 AND status = 'waiting'
    """, columns: ["priority", "due_at"], key: "id", position: ["?3", "?4"], limit: "?5", after: "?6")

  /// One waiting contact whose step is due at `?2`, with the columns of `CycleSQL.due`. An import can put contacts on
  /// waitlists before.
  package static let contact = """
    SELECT \(DueColumn.select)
    FROM sequence_contacts c
    CROSS JOIN sequences q ON q.id = c.sequence_id
    CROSS JOIN leads l ON l.id = c.lead_id
    WHERE c.id = ?1 AND c.status = 'waiting' AND c.due_at <= ?2
    """

  /// The contacts on waitlists in the order of service, over all waitlists of a tenant, whether capacity reached them or
  /// not. Sorts them all; for a dry run.
  package static let all = """
    SELECT \(DueColumn.select)
    FROM sequence_contacts c INDEXED BY sequence_contacts_waits
    CROSS JOIN sequences q ON q.id = c.sequence_id
    CROSS JOIN leads l ON l.id = c.lead_id
    WHERE c.tenant_id = ?1 AND c.waitlist_id > 0 AND c.status = 'waiting' AND c.due_at <= ?2 AND q.status = 'active'
    ORDER BY c.priority, c.due_at, c.id
    LIMIT ?3
    """

  /// The due steps of contacts that stand on no waitlist, in the order of `CycleSQL.due`.
  package static let dueElsewhere = """
    SELECT \(DueColumn.select)
    FROM sequence_contacts c INDEXED BY sequence_contacts_due
    CROSS JOIN sequences q ON q.id = c.sequence_id
    CROSS JOIN leads l ON l.id = c.lead_id
    WHERE c.tenant_id = ?1 AND c.next_at <= ?2 AND c.waitlist_id IS NULL AND q.status = 'active'
    ORDER BY c.next_at, c.id
    LIMIT ?3
    """

  /// All waits of a tenant in the order of the waitlists, with the columns of a `DecisionTurn`. Sorts them; for a dry run.
  package static let waits = """
    SELECT c.id, c.priority, c.due_at, c.sequence_id, c.waitlist_id, c.next_at
    FROM sequence_contacts c INDEXED BY sequence_contacts_waits
    CROSS JOIN sequences q ON q.id = c.sequence_id
    WHERE c.tenant_id = ?1 AND c.status = 'waiting' AND q.status = 'active'
    ORDER BY c.priority, c.due_at, c.id
    LIMIT ?2
    """

  /// The due steps of contacts that do not wait, in the order of `CycleSQL.due`, with the same columns.
  package static let arrivals = """
    SELECT c.id, c.priority, c.due_at, c.sequence_id, c.waitlist_id, c.next_at
    FROM sequence_contacts c INDEXED BY sequence_contacts_due
    CROSS JOIN sequences q ON q.id = c.sequence_id
    WHERE c.tenant_id = ?1 AND c.next_at <= ?2 AND c.status = 'scheduled' AND q.status = 'active'
    ORDER BY c.next_at, c.id
    LIMIT ?3
    """

  /// One contact that is not decided yet, waiting or scheduled, and whose step is due at `?2`, with the columns of
  /// `CycleSQL.due`.
  package static let undecided = """
    SELECT \(DueColumn.select)
    FROM sequence_contacts c
    CROSS JOIN sequences q ON q.id = c.sequence_id
    CROSS JOIN leads l ON l.id = c.lead_id
    WHERE c.id = ?1 AND c.next_at IS NOT NULL AND c.due_at <= ?2
    """

  /// A device of a tenant by its id.
  package static let device = "SELECT id FROM user_devices WHERE tenant_id = ?1 AND external_id = ?2"

  /// Adds a waitlist.
  package static let insert = "INSERT INTO waitlists (tenant_id, device_id, filter) VALUES (?1, ?2, ?3)"

  /// A waitlist of a filter without contacts, which can be used for another filter.
  package static let free = """
    SELECT w.id FROM waitlists w
    WHERE w.tenant_id = ?1 AND w.filter IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM sequence_contacts c WHERE c.tenant_id = ?1 AND c.waitlist_id = w.id AND c.status = 'waiting')
    ORDER BY w.id
    LIMIT 1
    """

  /// Uses the row of a waitlist without contacts for another filter.
  package static let reuse = "UPDATE waitlists SET filter = ?2 WHERE id = ?1"

  /// The next time of a waiting contact if a new wait repeats its last answer: the same reason, code, waitlist and
  /// revision, without a fault. No row otherwise.
  package static let repeated = """
    SELECT c.next_at FROM sequence_contacts c
    CROSS JOIN decisions d ON d.id = c.last_decision_id
    WHERE c.id = ?1 AND c.status = 'waiting' AND c.reason = ?2 AND c.code IS ?3 AND c.waitlist_id IS ?4
      AND d.outcome = 'wait' AND d.reason = ?2 AND d.revision_id = ?5 AND d.error_kind IS NULL
      AND d.sequence_step_id = ?6
    """

  /// Writes the next time of a contact whose wait ended and whose answer was not recorded, because it repeated the last one.
  /// The answer counts as an attempt.
  package static let again = """
    UPDATE sequence_contacts SET next_at = ?2, capacity_at = ?3, attempts = attempts + 1
    WHERE id = ?1 AND status = 'waiting'
    """
}
