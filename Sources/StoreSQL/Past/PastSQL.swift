/// Expressions and tables that derive past rows from the records. The time is ?1, in UTC milliseconds.
///
/// All expressions use the same aliases: `c` an enrolment, `m` its message, `a` the last attempt that had begun.
enum PastSQL {
  /// The last decision made by then, found along the chain that ends with `last`; NULL without one.
  ///
  /// Costs the later decisions of the enrolment.
  static func decision(endingWith last: String) -> String {
    """
    (WITH RECURSIVE chain (id, at, previous_id) AS (
      SELECT y.id, y.at, y.previous_id FROM decisions y WHERE y.id = \(last)
      UNION ALL
      SELECT y.id, y.at, y.previous_id FROM chain CROSS JOIN decisions y ON y.id = chain.previous_id
      WHERE chain.at > ?1)
    SELECT chain.id FROM chain WHERE chain.at <= ?1 LIMIT 1)
    """
  }

  /// The step of an enrolment's first decision; NULL if nothing was ever decided.
  private static let firstStep = """
    (WITH RECURSIVE chain (step_id, previous_id) AS (
      SELECT y.sequence_step_id, y.previous_id FROM decisions y WHERE y.id = c.last_decision_id
      UNION ALL
      SELECT y.sequence_step_id, y.previous_id FROM chain CROSS JOIN decisions y ON y.id = chain.previous_id)
    SELECT f.ordinal FROM chain JOIN sequence_steps f ON f.id = chain.step_id WHERE chain.previous_id IS NULL LIMIT 1)
    """

  /// Joins `a` to `m`.
  static let lastAttempt = """
    LEFT JOIN attempts a ON a.message_id = m.id AND a.number = (
      SELECT max(b.number) FROM attempts b WHERE b.message_id = m.id AND b.started_at <= ?1)
    """

  /// The status of a message. Receipts have no recorded time: a message that had left counts as sent. Reads the audit
  /// only for messages that continued after a failure, which requires an operator's command. Audit lines of earlier
  /// versions name the contact without its kind.
  static let messageStatus = """
    CASE
      WHEN m.sent_at <= ?1 THEN 'sent'
      WHEN a.id IS NOT NULL AND (a.finished_at IS NULL OR a.finished_at > ?1) THEN 'sending'
      WHEN a.outcome IN ('refused', 'unknown') AND NOT (
        (m.attempts > a.number OR m.status NOT IN ('failed', 'unknown')) AND EXISTS (
          SELECT 1 FROM audit u WHERE u.tenant_id = m.tenant_id AND u.action = 'retry'
            AND u.subject IN ('contact ' || c.external_id, c.external_id)
            AND u.at > a.finished_at AND u.at <= ?1)) THEN
        CASE a.outcome WHEN 'refused' THEN 'failed' ELSE 'unknown' END
      WHEN m.status IN ('cancelled', 'expired') AND c.ended_at <= ?1 THEN m.status
      WHEN m.attempts = 0 AND m.status IN ('failed', 'unknown') THEN m.status
      ELSE 'pending'
    END
    """

  /// `past_messages`: the messages made by then, each with its decision, device and status. Walks over the messages
  /// that match `condition`.
  static func messages(where condition: String = "true") -> String {
    """
    past_messages AS (
      SELECT m.id, m.sequence_contact_id, m.sequence_step_id, x.id AS decision_id, x.device_id, \(messageStatus) AS status
      FROM broadcast_messages m
      JOIN sequence_contacts c ON c.id = m.sequence_contact_id
      JOIN decisions y ON y.id = m.decision_id
      JOIN decisions x ON x.id = coalesce(
        CASE WHEN y.at <= ?1 THEN y.id ELSE \(decision(endingWith: "m.decision_id")) END, m.decision_id)
      \(lastAttempt)
      WHERE m.created_at <= ?1 AND \(condition))
    """
  }

  /// The messages that may have been queued or on their way: those that still are, and those that ended since.
  static let openMessages = """
    m.id IN (
      SELECT message_id FROM attempts INDEXED BY attempts_sent
      WHERE outcome IN ('accepted', 'unknown') AND finished_at > ?1
      UNION SELECT message_id FROM attempts INDEXED BY attempts_troubled
      WHERE outcome <> 'accepted' AND finished_at > ?1
      UNION SELECT id FROM broadcast_messages WHERE status = 'pending'
      UNION SELECT id FROM broadcast_messages WHERE status = 'sending'
      UNION SELECT n.id FROM sequence_contacts e CROSS JOIN broadcast_messages n ON n.sequence_contact_id = e.id
      WHERE e.ended_at > ?1 AND e.status = 'cancelled' AND n.status = 'cancelled')
    """

  /// `past_assignments`: for each enrolment that was ever assigned, the last assignment by then; NULL without one.
  static let assignments = """
    past_assignments AS MATERIALIZED (
      SELECT sequence_contact_id AS enrolment, max(CASE WHEN at <= ?1 THEN id END) AS id
      FROM assignments GROUP BY sequence_contact_id)
    """

  /// The device of an enrolment `c`; `p` is its row of `past_assignments` and `l` the assignment.
  ///
  /// An enrolment that was never assigned has its current device: no record ever changed it.
  static let assignedDevice = "CASE WHEN p.enrolment IS NULL THEN c.assigned_device_id ELSE l.device_id END"

  /// `past_contacts`: the contacts enrolled by then, with step, status, device and last decision. Needs `assignments`.
  static let contacts = """
    past_contacts AS (
      SELECT c.id, c.tenant_id, c.sequence_id, \(assignedDevice) AS device_id, x.reason, x.code, x.waitlist,
        CASE
          WHEN c.ended_at <= ?1 THEN c.status
          WHEN x.id IS NULL OR x.outcome = 'skip' THEN 'scheduled'
          WHEN x.outcome = 'wait' THEN 'waiting'
          ELSE CASE \(messageStatus) WHEN 'sent' THEN 'scheduled' WHEN 'failed' THEN 'failed'
            WHEN 'cancelled' THEN 'cancelled' ELSE 'queued' END
        END AS status,
        CASE
          WHEN c.ended_at <= ?1 THEN c.current_step
          WHEN x.id IS NULL THEN coalesce(\(firstStep), c.current_step)
          WHEN x.outcome = 'skip' OR m.sent_at <= ?1 THEN min(
            s.ordinal + 1, (SELECT max(n.ordinal) FROM sequence_steps n WHERE n.sequence_id = c.sequence_id))
          ELSE s.ordinal
        END AS step
      FROM sequence_contacts c
      LEFT JOIN decisions x ON x.id = \(decision(endingWith: "c.last_decision_id"))
      LEFT JOIN sequence_steps s ON s.id = x.sequence_step_id
      LEFT JOIN broadcast_messages m ON m.sequence_contact_id = c.id AND m.sequence_step_id = x.sequence_step_id
        AND x.outcome IN ('use', 'move')
      \(lastAttempt)
      LEFT JOIN past_assignments p ON p.enrolment = c.id
      LEFT JOIN assignments l ON l.id = p.id
      WHERE c.enrolled_at <= ?1)
    """
}
