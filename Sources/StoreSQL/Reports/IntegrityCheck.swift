/// An invariant and the query for rows that violate it: one row for each `violation`, in words.
package struct IntegrityCheck: Sendable {
  let name: String
  let promise: String
  let sql: String

  init(name: String, promise: String, sql: String) {
    (self.name, self.promise, self.sql) = (name, promise, sql)
  }

  /// The engine's check of references. `sql` returns a row for each dangling reference.
  package static func references(sql: String) -> IntegrityCheck {
    IntegrityCheck(name: "no-orphans", promise: "Every referenced row exists.", sql: sql)
  }

  /// The engine's check of its files.
  package static func files(promise: String, sql: String) -> IntegrityCheck {
    IntegrityCheck(name: "file-is-sound", promise: promise, sql: sql)
  }

  static func all(references: IntegrityCheck, files: IntegrityCheck) -> [IntegrityCheck] {
    messages + enrolments + tenants + [references] + sending + record + policies + totals + [files]
  }

  private static let messages = [
    IntegrityCheck(
      name: "one-message-per-step", promise: "An enrolment has at most one message for each step.",
      sql: """
        SELECT 'enrolment ' || sequence_contact_id || ' has ' || count(*) || ' messages for one step' AS violation
        FROM broadcast_messages GROUP BY sequence_contact_id, sequence_step_id HAVING count(*) > 1
        """),
    IntegrityCheck(
      name: "steps-in-order",
      promise: "A step's message is made only after the previous step is done.",
      sql: """
        SELECT 'message ' || m.id || ' was made before message ' || e.id || ' of an earlier step was done'
          AS violation
        FROM broadcast_messages m
        JOIN sequence_steps s ON s.id = m.sequence_step_id
        JOIN sequence_steps p ON p.sequence_id = s.sequence_id AND p.ordinal < s.ordinal
        JOIN broadcast_messages e ON e.sequence_contact_id = m.sequence_contact_id AND e.sequence_step_id = p.id
        WHERE e.status IN ('pending', 'sending', 'unknown', 'failed') OR e.sent_at > m.created_at
          OR e.sent_at > m.sent_at
        """),
    IntegrityCheck(
      name: "not-before-due", promise: "No message is made or sent before its step is due.",
      sql: """
        SELECT 'message ' || m.id || ' was made before its step was due' AS violation
        FROM broadcast_messages m
        JOIN sequence_contacts c ON c.id = m.sequence_contact_id
        JOIN sequence_steps s ON s.id = m.sequence_step_id
        LEFT JOIN sequence_steps p ON p.sequence_id = s.sequence_id AND p.ordinal = s.ordinal - 1
        LEFT JOIN broadcast_messages e ON e.sequence_contact_id = c.id AND e.sequence_step_id = p.id
        WHERE m.created_at < e.sent_at + s.delay_ms OR (c.current_step = s.ordinal AND m.created_at < c.due_at)
        """),
    IntegrityCheck(
      name: "device-of-decision", promise: "A message is on the device that its decision names.",
      sql: """
        SELECT 'message ' || m.id || ' is not on the device of decision ' || d.id AS violation
        FROM broadcast_messages m JOIN decisions d ON d.id = m.decision_id
        WHERE d.device_id IS NOT m.device_id OR d.sequence_contact_id <> m.sequence_contact_id
        """),
  ]

  private static let enrolments = [
    IntegrityCheck(
      name: "queued-has-one-message",
      promise: "A queued enrolment has exactly one open message, at its current step.",
      sql: """
        SELECT 'enrolment ' || c.id || ' is queued without an open message at step ' || c.current_step
          AS violation
        FROM sequence_contacts c
        JOIN sequence_steps s ON s.sequence_id = c.sequence_id AND s.ordinal = c.current_step
        LEFT JOIN broadcast_messages m ON m.sequence_contact_id = c.id AND m.sequence_step_id = s.id
        WHERE c.status = 'queued' AND (m.id IS NULL OR m.status NOT IN ('pending', 'sending', 'unknown'))
        """),
    IntegrityCheck(
      name: "open-message-is-awaited",
      promise:
        "An open message belongs to an enrolment that is queued at its step, or was cancelled meanwhile.",
      sql: """
        SELECT 'message ' || m.id || ' is ' || m.status || ' and enrolment ' || c.id || ' is ' || c.status
          AS violation
        FROM broadcast_messages m
        JOIN sequence_contacts c ON c.id = m.sequence_contact_id
        JOIN sequence_steps s ON s.id = m.sequence_step_id
        WHERE m.status IN ('pending', 'sending', 'unknown')
          AND NOT (c.status = 'queued' AND c.current_step = s.ordinal)
          AND NOT (c.status = 'cancelled' AND m.status <> 'pending')
        """),
    IntegrityCheck(
      name: "progress-agrees",
      promise: "No message is beyond the current step, or at the current step of an enrolment that is not queued yet.",
      sql: """
        SELECT 'enrolment ' || c.id || ' is ' || c.status || ' at step ' || c.current_step || ' and has message '
          || m.id || ' at step ' || s.ordinal AS violation
        FROM broadcast_messages m
        JOIN sequence_contacts c ON c.id = m.sequence_contact_id
        JOIN sequence_steps s ON s.id = m.sequence_step_id
        WHERE s.ordinal > c.current_step
          OR (s.ordinal = c.current_step AND c.status IN ('scheduled', 'waiting'))
        """),
    IntegrityCheck(
      name: "assignment-on-record", promise: "The last assignment on record names the assigned device.",
      sql: """
        SELECT 'enrolment ' || c.id || ' is not assigned to the device of its last assignment' AS violation
        FROM (SELECT sequence_contact_id AS enrolment, max(id) AS id FROM assignments GROUP BY 1) last
        JOIN assignments a ON a.id = last.id
        JOIN sequence_contacts c ON c.id = last.enrolment
        WHERE c.assigned_device_id IS NOT a.device_id
        """),
    // I-73
    IntegrityCheck(
      name: "waitlist-of-tenant",
      promise: "A contact on a waitlist waits, and the waitlist belongs to its tenant.",
      sql: """
        SELECT 'enrolment ' || c.id || ' is ' || c.status || ' on waitlist ' || w.id || ' of tenant ' || w.tenant_id
          AS violation
        FROM sequence_contacts c JOIN waitlists w ON w.id = c.waitlist_id
        WHERE w.tenant_id <> c.tenant_id OR c.status <> 'waiting'
        """),
    IntegrityCheck(
      name: "steps-without-gaps", promise: "The steps of a sequence are numbered from 1 without gaps.",
      sql: """
        SELECT 'sequence ' || q.external_id || ' has ' || count(*) || ' steps, the last is number ' || max(s.ordinal)
          AS violation
        FROM sequence_steps s JOIN sequences q ON q.id = s.sequence_id
        GROUP BY q.id HAVING count(*) <> max(s.ordinal)
        """),
  ]

  private static let tenants = [
    IntegrityCheck(
      name: "one-tenant",
      promise: "A message, its enrolment, sequence, lead, device and decision belong to one tenant.",
      sql: """
        SELECT 'message ' || m.id || ' mixes rows of several tenants' AS violation
        FROM broadcast_messages m
        JOIN sequence_contacts c ON c.id = m.sequence_contact_id
        JOIN sequences q ON q.id = c.sequence_id
        JOIN leads l ON l.id = c.lead_id
        JOIN user_devices d ON d.id = m.device_id
        JOIN decisions x ON x.id = m.decision_id
        WHERE m.tenant_id <> c.tenant_id OR m.tenant_id <> q.tenant_id OR m.tenant_id <> l.tenant_id
          OR m.tenant_id <> d.tenant_id OR m.tenant_id <> x.tenant_id OR m.sequence_id <> c.sequence_id
        """)
  ]

  private static let sending = [
    IntegrityCheck(
      name: "sent-was-accepted", promise: "A message is sent if and only if exactly one of its attempts was accepted.",
      sql: """
        SELECT 'message ' || m.id || ' is ' || m.status || ' with ' || count(a.id) || ' accepted attempts'
          AS violation
        FROM broadcast_messages m LEFT JOIN attempts a ON a.message_id = m.id AND a.outcome = 'accepted'
        GROUP BY m.id HAVING count(a.id) <> CASE WHEN m.status IN ('sent', 'delivered', 'read') THEN 1 ELSE 0 END
        """),
    IntegrityCheck(
      name: "attempts-counted", promise: "A message's count of attempts equals the attempts on record.",
      sql: """
        SELECT 'message ' || m.id || ' counts ' || m.attempts || ' attempts, ' || count(a.id) || ' are on record'
          AS violation
        FROM broadcast_messages m LEFT JOIN attempts a ON a.message_id = m.id
        GROUP BY m.id HAVING count(a.id) <> m.attempts
        """),
    cap("minute", milliseconds: 60_000), cap("hour", milliseconds: 3_600_000),
    cap("day", milliseconds: 86_400_000),
  ]

  private static let record = [
    IntegrityCheck(
      name: "fleet-of-decision",
      promise: "A decision names the fleet record that it is based on, with the same tenant and time.",
      sql: """
        SELECT 'decision ' || d.id || ' names fleet record ' || d.fleet_id
          || CASE WHEN f.id IS NULL THEN ', which does not exist' ELSE ', which does not match it' END AS violation
        FROM decisions d LEFT JOIN fleet_records f ON f.id = d.fleet_id
        WHERE d.fleet_id <> 0
          AND (f.id IS NULL OR f.tenant_id <> d.tenant_id OR f.at <> d.at OR d.id NOT BETWEEN f.id AND f.last_decision_id)
        """),
    IntegrityCheck(
      name: "fleets-linked", promise: "A fleet record that is a difference refers to a record of the same tenant.",
      sql: """
        SELECT 'fleet record ' || f.id || ' is a difference to record ' || f.base_id
          || CASE WHEN b.id IS NULL THEN ', which does not exist' ELSE ', which belongs to another tenant' END
          AS violation
        FROM fleet_records f LEFT JOIN fleet_records b ON b.id = f.base_id
        WHERE f.base_id IS NOT NULL AND (b.id IS NULL OR b.tenant_id <> f.tenant_id)
        """),
  ]

  private static let policies = [
    IntegrityCheck(
      name: "revision-was-active",
      promise: "A decision names a revision that was active for its tenant when it was written.",
      sql: """
        SELECT 'decision ' || d.id || ' was written in generation ' || max(f.generation)
          || CASE WHEN max(a.id) IS NULL THEN ', which has no such revision'
            ELSE ', which was not active then' END AS violation
        FROM decisions d
        JOIN fleet_records f ON f.id = d.fleet_id
        LEFT JOIN policy_activations a ON a.tenant_id = d.tenant_id AND a.generation = f.generation
          AND a.revision_id = d.revision_id AND a.role <> 'shadow'
        LEFT JOIN policy_changes p ON p.tenant_id = d.tenant_id AND p.generation = f.generation
        LEFT JOIN policy_changes n ON n.tenant_id = d.tenant_id AND n.generation = f.generation + 1
        WHERE d.revision_id IS NOT NULL
          AND (a.id IS NULL OR p.after_decision_id >= d.id OR n.after_decision_id < d.id)
        GROUP BY d.id
        """)
  ]

  /// Treats each send as the end of one window: no other window over the sends can hold more than the fullest of these.
  private static func cap(_ window: String, milliseconds: Int) -> IntegrityCheck {
    IntegrityCheck(
      name: "cap-\(window)", promise: "No device sent more in any \(window) than its current limit.",
      sql: """
        SELECT 'device ' || d.external_id || ' sent ' || max(w.sent) || ' in one \(window), its limit is '
          || d.limit_\(window) AS violation
        FROM (
          SELECT device_id, count(*) OVER (
            PARTITION BY device_id ORDER BY finished_at
            RANGE BETWEEN \(milliseconds - 1) PRECEDING AND CURRENT ROW) AS sent
          FROM attempts WHERE outcome IN ('accepted', 'unknown')) w
        JOIN user_devices d ON d.id = w.device_id
        WHERE w.sent > d.limit_\(window) GROUP BY d.id
        """)
  }
}
