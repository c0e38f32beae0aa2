internal import GRDB
import Wire

/// What happened. A key without a value is left out.
extension ExportQuery {
  /// A decision's number among those of its enrolment, by key: what a decision is called outside.
  static let numbered = """
    WITH numbered AS MATERIALIZED (
      SELECT id, sequence_contact_id, sequence_step_id,
        row_number() OVER (PARTITION BY sequence_contact_id ORDER BY id) AS number FROM decisions)

    """

  static var policyRevision: ExportQuery {
    ExportQuery(
      sql: """
        SELECT external_id, policy, source, params, created_at FROM policy_revisions r
        WHERE ?1 IS NULL
          OR EXISTS (SELECT 1 FROM policy_activations WHERE revision_id = r.id AND tenant_id = ?1)
          OR r.id IN (SELECT revision_id FROM decisions WHERE tenant_id = ?1)
          OR r.id IN (SELECT w.revision_id FROM narrowed_choices w JOIN decisions d ON d.id = w.decision_id
            WHERE d.tenant_id = ?1)
        ORDER BY id
        """
    ) { row, line in
      for (index, key) in ["id", "policy", "source"].enumerated() { line.text(key, row[index]) }
      line.stored("params", row[3], or: .object([:]))
      line.instant("created_at", row[4])
    }
  }

  static var policyActivation: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id, a.generation, a.position, r.external_id, a.at, a.policy, a.role
        FROM policy_activations a
        JOIN tenants t ON t.id = a.tenant_id
        JOIN policy_revisions r ON r.id = a.revision_id
        WHERE a.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY a.id
        """
    ) { row, line in
      line.text("tenant", row[0])
      line.whole("generation", row[1])
      line.whole("position", row[2])
      line.text("revision", row[3])
      line.instant("at", row[4])
      // The name that the tenant lists it under; activations of earlier versions have none.
      line.textIfAny("policy", row[5])
      if row[6] != "live" { line.text("role", row[6]) }
    }
  }

  static var policyRefusal: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id, f.policy, f.refusal, f.at
        FROM policy_refusals f
        JOIN tenants t ON t.id = f.tenant_id
        WHERE f.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY f.tenant_id, f.policy
        """
    ) { row, line in
      for (index, key) in ["tenant", "policy", "refusal"].enumerated() { line.text(key, row[index]) }
      line.instant("at", row[3])
    }
  }

  static var decision: ExportQuery {
    ExportQuery(
      sql: numbered + """
        , \(Exporter.numberedFleets)
        SELECT t.external_id, q.external_id, l.external_id, n.number, s.ordinal, e.outcome, d.external_id,
          a.external_id, e.reason, r.external_id, e.seed, e.instructions, e.until, e.error_kind, e.error_line,
          e.notes, e.at, CASE WHEN e.fleet_id = 0 THEN 0 ELSE g.number END, e.due_at, e.attempts, b.external_id,
          e.utc_offset_minutes, e.messages_day, e.moves, w.outcome, wd.external_id, w.reason, wr.external_id
        FROM decisions e
        JOIN numbered n ON n.id = e.id
        JOIN tenants t ON t.id = e.tenant_id
        JOIN sequence_contacts c ON c.id = e.sequence_contact_id
        JOIN sequences q ON q.id = c.sequence_id
        JOIN leads l ON l.id = c.lead_id
        JOIN sequence_steps s ON s.id = e.sequence_step_id
        LEFT JOIN policy_revisions r ON r.id = e.revision_id
        LEFT JOIN user_devices d ON d.id = e.device_id
        LEFT JOIN user_devices a ON a.id = e.assigned_device_id
        LEFT JOIN user_devices b ON b.id = e.last_device_id
        LEFT JOIN fleets g ON g.id = e.fleet_id
        LEFT JOIN narrowed_choices w ON w.decision_id = e.id
        LEFT JOIN user_devices wd ON wd.id = w.device_id
        LEFT JOIN policy_revisions wr ON wr.id = w.revision_id
        WHERE e.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY e.id
        """
    ) { row, line in
      for (index, key) in ["tenant", "sequence", "lead"].enumerated() { line.text(key, row[index]) }
      line.whole("number", row[3])
      line.whole("step", row[4])
      line.text("outcome", row[5])
      line.textIfAny("device", row[6])
      line.textIfAny("assigned_device", row[7])
      line.text("reason", row[8])
      // An operator's move has none.
      line.textIfAny("revision", row[9])
      line.whole("seed", row[10])
      line.whole("instructions", row[11])
      line.instantIfAny("until", row[12])
      line.textIfAny("error_kind", row[13])
      line.wholeIfAny("error_line", row[14])
      if let notes: String = row[15] { line.stored("notes", notes, or: .array([])) }
      line.instant("at", row[16])
      // The fleet that it was made on; 0 when that is in an archive.
      line.wholeIfAny("fleet", row[17])
      line.instantIfAny("due_at", row[18])
      line.wholeIfAny("attempts", row[19])
      line.textIfAny("last_device", row[20])
      for (index, key) in ["utc_offset_minutes", "messages_day", "moves"].enumerated() {
        line.wholeIfAny(key, row[21 + index])
      }
      if let outcome: String = row[24] {
        line.member(
          "narrowed",
          .object([
            "outcome": .string(outcome), "device": .string(row[25]), "reason": .string(row[26]),
            "revision": .string(row[27]),
          ]))
      }
    }
  }

  static var message: ExportQuery {
    ExportQuery(
      sql: numbered + """
        SELECT t.external_id, q.external_id, l.external_id, s.ordinal, n.number, m.recipient_phone,
          d.external_id, m.content, m.status, m.error, m.attempts, m.lease_epoch, m.lease_until,
          m.created_at, m.sent_at, m.gateway_message_id
        FROM broadcast_messages m
        JOIN tenants t ON t.id = m.tenant_id
        JOIN sequence_contacts c ON c.id = m.sequence_contact_id
        JOIN sequences q ON q.id = c.sequence_id
        JOIN leads l ON l.id = c.lead_id
        JOIN sequence_steps s ON s.id = m.sequence_step_id
        JOIN numbered n ON n.id = m.decision_id
        JOIN user_devices d ON d.id = m.device_id
        WHERE m.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY m.id
        """
    ) { row, line in
      for (index, key) in ["tenant", "sequence", "lead"].enumerated() { line.text(key, row[index]) }
      line.whole("step", row[3])
      line.whole("decision", row[4])
      for (index, key) in ["phone", "device", "content", "status"].enumerated() {
        line.text(key, row[5 + index])
      }
      line.textIfAny("error", row[9])
      line.whole("attempts", row[10])
      line.wholeIfAny("lease_epoch", row[11])
      line.instantIfAny("lease_until", row[12])
      line.instant("created_at", row[13])
      line.instantIfAny("sent_at", row[14])
      line.textIfAny("gateway_message_id", row[15])
    }
  }

  static var attempt: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id, q.external_id, l.external_id, s.ordinal, a.number, d.external_id, a.epoch,
          a.started_at, a.finished_at, a.outcome, a.error, a.gateway_message_id
        FROM attempts a
        JOIN broadcast_messages m ON m.id = a.message_id
        JOIN tenants t ON t.id = a.tenant_id
        JOIN sequence_contacts c ON c.id = m.sequence_contact_id
        JOIN sequences q ON q.id = c.sequence_id
        JOIN leads l ON l.id = c.lead_id
        JOIN sequence_steps s ON s.id = m.sequence_step_id
        JOIN user_devices d ON d.id = a.device_id
        WHERE a.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY a.id
        """
    ) { row, line in
      for (index, key) in ["tenant", "sequence", "lead"].enumerated() { line.text(key, row[index]) }
      line.whole("step", row[3])
      line.whole("number", row[4])
      line.text("device", row[5])
      line.whole("epoch", row[6])
      line.instant("started_at", row[7])
      line.instantIfAny("finished_at", row[8])
      for (index, key) in ["outcome", "error", "gateway_message_id"].enumerated() {
        line.textIfAny(key, row[9 + index])
      }
    }
  }

  static var assignment: ExportQuery {
    ExportQuery(
      sql: numbered + """
        SELECT t.external_id, q.external_id, l.external_id, d.external_id, n.number, a.reason, a.actor, a.at
        FROM assignments a
        JOIN tenants t ON t.id = a.tenant_id
        JOIN sequence_contacts c ON c.id = a.sequence_contact_id
        JOIN sequences q ON q.id = c.sequence_id
        JOIN leads l ON l.id = c.lead_id
        JOIN user_devices d ON d.id = a.device_id
        LEFT JOIN numbered n ON n.id = a.decision_id
        WHERE a.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY a.id
        """
    ) { row, line in
      for (index, key) in ["tenant", "sequence", "lead", "device"].enumerated() { line.text(key, row[index]) }
      line.wholeIfAny("decision", row[4])
      line.text("reason", row[5])
      line.text("actor", row[6])
      line.instant("at", row[7])
    }
  }

  static var deviceEvent: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id, d.external_id, e.kind, e.detail, e.actor, e.system_user, e.at
        FROM device_events e
        JOIN tenants t ON t.id = e.tenant_id
        JOIN user_devices d ON d.id = e.device_id
        WHERE e.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY e.id
        """
    ) { row, line in
      for (index, key) in ["tenant", "device", "kind", "detail", "actor", "system_user"].enumerated() {
        line.textIfAny(key, row[index])
      }
      line.instant("at", row[6])
    }
  }

  static var audit: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id, u.actor, u.system_user, u.action, u.subject, u.detail, u.reason, u.file, u.digest, u.counts,
          u.at
        FROM audit u
        LEFT JOIN tenants t ON t.id = u.tenant_id
        WHERE (u.tenant_id = ?1 OR ?1 IS NULL) AND u.is_local = 0
        ORDER BY u.id
        """
    ) { row, line in
      let keys = ["tenant", "actor", "system_user", "action", "subject", "detail", "reason", "file", "digest"]
      for (index, key) in keys.enumerated() { line.textIfAny(key, row[index]) }
      line.storedIfAny("counts", row[9])
      line.instant("at", row[10])
    }
  }
}
