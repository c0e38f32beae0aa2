internal import GRDB

/// The statements of a batch of decisions, prepared once on the writer's connection.
final class CycleStatements {
  let due: DueStatements
  let revision: RawStatement
  let decision: RawStatement
  let message: RawStatement
  let queue: RawStatement
  let assign: RawStatement
  let assignment: RawStatement
  let wait: RawStatement
  let quarantine: RawStatement
  let settle: RawStatement

  init(_ db: Database) throws {
    due = try DueStatements(db)
    revision = try RawStatement(db, "SELECT id FROM policy_revisions WHERE external_id = ?1")
    decision = try RawStatement(
      db,
      """
      INSERT INTO decisions (tenant_id, sequence_contact_id, sequence_step_id, previous_id, outcome, device_id,
        assigned_device_id, reason, revision_id, seed, instructions, until, error_kind, error_line, notes, at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
      """)
    message = try RawStatement(
      db,
      """
      INSERT INTO broadcast_messages (tenant_id, sequence_id, sequence_contact_id, sequence_step_id, decision_id,
        recipient_phone, device_id, content, created_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
      """)
    queue = try RawStatement(
      db,
      """
      UPDATE sequence_contacts
      SET status = 'queued', next_at = NULL, reason = NULL, capacity_at = NULL, last_decision_id = ?2
      WHERE id = ?1 AND next_at IS NOT NULL
      """)
    assign = try RawStatement(db, "UPDATE sequence_contacts SET assigned_device_id = ?2 WHERE id = ?1")
    assignment = try RawStatement(
      db,
      """
      INSERT INTO assignments (tenant_id, sequence_contact_id, device_id, decision_id, reason, actor, at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      """)
    wait = try RawStatement(
      db,
      """
      UPDATE sequence_contacts
      SET status = 'waiting', next_at = ?2, reason = ?3, capacity_at = ?4, attempts = attempts + 1,
        last_decision_id = ?5
      WHERE id = ?1 AND next_at IS NOT NULL
      """)
    quarantine = try RawStatement(
      db,
      """
      UPDATE sequence_contacts SET status = 'waiting', next_at = ?2, reason = ?3, capacity_at = NULL
      WHERE id = ?1 AND next_at IS NOT NULL
      """)
    settle = try RawStatement(
      db,
      """
      UPDATE sequence_contacts
      SET status = ?2, current_step = ?3, due_at = coalesce(?4, due_at), next_at = ?4, reason = ?5,
        capacity_at = NULL, attempts = ?6, last_decision_id = coalesce(?7, last_decision_id), ended_at = ?8
      WHERE id = ?1 AND next_at IS NOT NULL
      """)
  }
}
