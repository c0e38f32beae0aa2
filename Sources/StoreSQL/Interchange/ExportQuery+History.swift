import Routing
import Wire

/// The history. Keys without a value are left out, except `code`: null there means that Usher did not write the reason.
extension ExportQuery {
  /// Numbers the decisions of each enrolment from 1, in order of their keys. Exports identify decisions by these numbers.
  static let numbered = """
    WITH numbered AS MATERIALIZED (
      SELECT id, sequence_contact_id, sequence_step_id,
        row_number() OVER (PARTITION BY sequence_contact_id ORDER BY id) AS number FROM decisions)

    """

  static var policyRevision: ExportQuery {
    ExportQuery(
      sql: """
        SELECT r.external_id AS id, r.policy, r.source, r.params, r.created_at FROM policy_revisions r
        WHERE CAST(?1 AS BIGINT) IS NULL
          OR EXISTS (SELECT 1 FROM policy_activations WHERE revision_id = r.id AND tenant_id = ?1)
          OR r.id IN (SELECT revision_id FROM decisions WHERE tenant_id = ?1)
          OR r.id IN (SELECT w.revision_id FROM narrowed_choices w JOIN decisions d ON d.id = w.decision_id
            WHERE d.tenant_id = ?1)
        ORDER BY r.id
        """
    ) { row, line in
      for key in ["id", "policy", "source"] { line.text(key, row[key]) }
      line.stored("params", row["params"], or: .object([:]))
      line.instant("created_at", row["created_at"])
    }
  }

  static var policyActivation: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, a.generation, a.position, r.external_id AS revision, a.at, a.policy, a.role
        FROM policy_activations a
        JOIN tenants t ON t.id = a.tenant_id
        JOIN policy_revisions r ON r.id = a.revision_id
        WHERE a.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY a.id
        """
    ) { row, line in
      line.text("tenant", row["tenant"])
      line.whole("generation", row["generation"])
      line.whole("position", row["position"])
      line.text("revision", row["revision"])
      line.instant("at", row["at"])
      // The tenant's name for the policy; activations of earlier versions have none.
      line.textIfAny("policy", row["policy"])
      let role: String = row["role"]
      if role != "live" { line.text("role", role) }
    }
  }

  static var policyRefusal: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, f.policy, f.refusal, f.code, f.at
        FROM policy_refusals f
        JOIN tenants t ON t.id = f.tenant_id
        WHERE f.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY f.tenant_id, f.policy
        """
    ) { row, line in
      for key in ["tenant", "policy", "refusal", "code"] { line.text(key, row[key]) }
      line.instant("at", row["at"])
    }
  }

  static var decision: ExportQuery {
    ExportQuery(
      sql: numbered + """
        , \(Exporter.numberedFleets)
        SELECT t.external_id AS tenant, q.external_id AS sequence, l.external_id AS lead, n.number, s.ordinal AS step,
          e.outcome, d.external_id AS device, a.external_id AS assigned_device, e.reason, e.code, r.external_id AS revision,
          e.seed, e.instructions, e.until, e.waitlist, e.error_kind, e.error_line, e.notes, e.at,
          CASE WHEN e.fleet_id = 0 THEN 0 ELSE g.number END AS fleet, e.due_at, e.attempts,
          b.external_id AS last_device, e.utc_offset_minutes, e.messages_day, e.moves, w.outcome AS narrowed_outcome,
          wd.external_id AS narrowed_device, w.reason AS narrowed_reason, w.code AS narrowed_code,
          wr.external_id AS narrowed_revision, e.caught, e.priority
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
      for key in ["tenant", "sequence", "lead"] { line.text(key, row[key]) }
      line.whole("number", row["number"])
      line.whole("step", row["step"])
      line.text("outcome", row["outcome"])
      line.textIfAny("device", row["device"])
      line.textIfAny("assigned_device", row["assigned_device"])
      line.text("reason", row["reason"])
      line.text("code", row["code"])
      // A move by an operator has none.
      line.textIfAny("revision", row["revision"])
      line.whole("seed", row["seed"])
      line.whole("instructions", row["instructions"])
      line.instantIfAny("until", row["until"])
      if let waitlist: String = row["waitlist"] { line.stored("waitlist", waitlist, or: .null) }
      line.textIfAny("error_kind", row["error_kind"])
      line.wholeIfAny("error_line", row["error_line"])
      if let notes: String = row["notes"] { line.stored("notes", notes, or: .array([])) }
      if let caught: String = row["caught"] { line.member("caught", Self.caught(caught)) }
      line.instant("at", row["at"])
      // The fleet that the decision was based on; 0 if that is in an archive.
      line.wholeIfAny("fleet", row["fleet"])
      line.instantIfAny("due_at", row["due_at"])
      line.wholeIfAny("attempts", row["attempts"])
      line.textIfAny("last_device", row["last_device"])
      for key in ["utc_offset_minutes", "messages_day", "moves"] { line.wholeIfAny(key, row[key]) }
      line.textIfAny("priority", (row["priority"] as Int64?).map { Priority(stored: $0).name })
      if let narrowed = narrowed(row) { line.member("narrowed", narrowed) }
    }
  }

  /// The choice that a guard turned into a wait; nil for other decisions.
  private static func narrowed(_ row: SQLRow) -> JSONValue? {
    guard let outcome: String = row["narrowed_outcome"] else { return nil }
    let code: String? = row["narrowed_code"]
    return .object(
      JSONObject([
        ("outcome", .string(outcome)), ("device", .string(row["narrowed_device"])),
        ("reason", .string(row["narrowed_reason"])), ("code", code.map(JSONValue.string) ?? .null),
        ("revision", .string(row["narrowed_revision"])),
      ]))
  }

  /// Usher's own error texts that a script caught, each with its code.
  private static func caught(_ column: String) -> JSONValue {
    let texts = (try? JSONText.caught(column)) ?? []
    return .array(
      texts.map { .object(JSONObject([("code", .string($0.code.rawValue)), ("text", .string($0.text))])) })
  }

  static var message: ExportQuery {
    ExportQuery(
      sql: numbered + """
        SELECT t.external_id AS tenant, q.external_id AS sequence, l.external_id AS lead, s.ordinal AS step,
          n.number AS decision, m.recipient_phone AS phone, d.external_id AS device, m.content, m.status,
          m.error, m.attempts, m.lease_epoch, m.lease_until, m.created_at, m.sent_at, m.gateway_message_id, m.priority
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
      for key in ["tenant", "sequence", "lead"] { line.text(key, row[key]) }
      line.whole("step", row["step"])
      line.whole("decision", row["decision"])
      for key in ["phone", "device", "content", "status"] { line.text(key, row[key]) }
      line.textIfAny("error", row["error"])
      line.whole("attempts", row["attempts"])
      line.wholeIfAny("lease_epoch", row["lease_epoch"])
      line.instantIfAny("lease_until", row["lease_until"])
      line.instant("created_at", row["created_at"])
      line.instantIfAny("sent_at", row["sent_at"])
      line.textIfAny("gateway_message_id", row["gateway_message_id"])
      let priority = Priority(stored: row["priority"])
      line.textIfAny("priority", priority == .normal ? nil : priority.name)
    }
  }

  static var attempt: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, q.external_id AS sequence, l.external_id AS lead, s.ordinal AS step, a.number,
          d.external_id AS device, a.epoch, a.started_at, a.finished_at, a.outcome, a.error, a.gateway_message_id
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
      for key in ["tenant", "sequence", "lead"] { line.text(key, row[key]) }
      line.whole("step", row["step"])
      line.whole("number", row["number"])
      line.text("device", row["device"])
      line.whole("epoch", row["epoch"])
      line.instant("started_at", row["started_at"])
      line.instantIfAny("finished_at", row["finished_at"])
      for key in ["outcome", "error", "gateway_message_id"] { line.textIfAny(key, row[key]) }
    }
  }

  static var assignment: ExportQuery {
    ExportQuery(
      sql: numbered + """
        SELECT t.external_id AS tenant, q.external_id AS sequence, l.external_id AS lead, d.external_id AS device,
          n.number AS decision, a.reason, a.actor, a.at
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
      for key in ["tenant", "sequence", "lead", "device"] { line.text(key, row[key]) }
      line.wholeIfAny("decision", row["decision"])
      line.text("reason", row["reason"])
      line.text("actor", row["actor"])
      line.instant("at", row["at"])
    }
  }

  static var deviceEvent: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, d.external_id AS device, e.kind, e.detail, e.actor, e.system_user, e.at
        FROM device_events e
        JOIN tenants t ON t.id = e.tenant_id
        JOIN user_devices d ON d.id = e.device_id
        WHERE e.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY e.id
        """
    ) { row, line in
      for key in ["tenant", "device", "kind", "detail", "actor", "system_user"] { line.textIfAny(key, row[key]) }
      line.instant("at", row["at"])
    }
  }

  static var audit: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, u.actor, u.system_user, u.action, u.subject, u.detail, u.reason, u.file,
          u.digest, u.counts, u.at
        FROM audit u
        LEFT JOIN tenants t ON t.id = u.tenant_id
        WHERE (u.tenant_id = ?1 OR ?1 IS NULL) AND u.is_local = 0
        ORDER BY u.id
        """
    ) { row, line in
      let keys = ["tenant", "actor", "system_user", "action", "subject", "detail", "reason", "file", "digest"]
      for key in keys { line.textIfAny(key, row[key]) }
      line.storedIfAny("counts", row["counts"])
      line.instant("at", row["at"])
    }
  }
}
