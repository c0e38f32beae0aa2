internal import GRDB

/// The statements that read due steps, prepared once on one connection.
///
/// Sequences, steps and devices repeat from row to row and are looked up once a batch; what differs is read in one
/// walk along the index `sequence_contacts_due`.
final class DueStatements {
  let due: RawStatement
  let step: RawStatement
  let device: RawStatement
  let message: RawStatement

  init(_ db: Database) throws {
    due = try RawStatement(
      db,
      """
      SELECT c.id, c.sequence_id, c.current_step, c.external_id, c.contact_phone, c.due_at, c.attempts,
        c.assigned_device_id, c.last_device_id, c.last_decision_id,
        l.external_id, l.name, l.tags, l.attributes, l.opted_out_at IS NOT NULL, q.external_id
      FROM sequence_contacts c INDEXED BY sequence_contacts_due
      CROSS JOIN sequences q ON q.id = c.sequence_id
      CROSS JOIN leads l ON l.id = c.lead_id
      WHERE c.tenant_id = ?1 AND c.next_at <= ?2 AND q.status = 'active'
      ORDER BY c.next_at, c.id
      LIMIT ?3
      """)
    step = try RawStatement(
      db,
      """
      SELECT s.id, s.content, n.delay_ms
      FROM sequence_steps s
      LEFT JOIN sequence_steps n ON n.sequence_id = s.sequence_id AND n.ordinal = s.ordinal + 1
      WHERE s.sequence_id = ?1 AND s.ordinal = ?2
      """)
    device = try RawStatement(db, "SELECT external_id FROM user_devices WHERE id = ?1")
    message = try RawStatement(
      db,
      """
      SELECT status, sent_at, error FROM broadcast_messages
      WHERE sequence_contact_id = ?1 AND sequence_step_id = ?2
      """)
  }
}
