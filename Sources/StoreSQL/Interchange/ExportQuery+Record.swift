import Wire

/// Previous values of leads, enrolments and steps.
///
/// A replaced value belongs to the last decision that saw it and is still in the store: a decision for the lead, the
/// enrolment or the step. Values that no decision saw are left out.
extension ExportQuery {
  static var leadHistory: ExportQuery {
    history(
      "lead_history", "lead_id", "h.name, h.tags, h.attributes",
      seenBy: "JOIN sequence_contacts c ON c.lead_id = h.lead_id CROSS JOIN numbered n ON n.sequence_contact_id = c.id"
    ) { row, line in
      for key in ["tenant", "sequence", "lead"] { line.text(key, row[key]) }
      line.whole("number", row["number"])
      line.textIfAny("name", row["name"])
      line.stored("tags", row["tags"], or: .array([]))
      line.stored("attributes", row["attributes"], or: .object([:]))
    }
  }

  static var enrolmentHistory: ExportQuery {
    history(
      "enrolment_history", "sequence_contact_id", "h.external_id AS id, h.contact_phone AS phone",
      seenBy: "JOIN numbered n ON n.sequence_contact_id = h.sequence_contact_id"
    ) { row, line in
      for key in ["tenant", "sequence", "lead"] { line.text(key, row[key]) }
      line.whole("number", row["number"])
      line.text("id", row["id"])
      line.text("phone", row["phone"])
    }
  }

  static var stepHistory: ExportQuery {
    history(
      "step_history", "sequence_step_id", "h.content",
      seenBy: "JOIN numbered n ON n.sequence_step_id = h.sequence_step_id"
    ) { row, line in
      for key in ["tenant", "sequence", "lead"] { line.text(key, row[key]) }
      line.whole("number", row["number"])
      line.whole("step", row["step"])
      line.text("content", row["content"])
    }
  }

  /// If several rows belong to one decision, the first is the one it reads.
  private static func history(
    _ table: String, _ key: String, _ columns: String, seenBy: String,
    fields: @escaping (SQLRow, inout ExportLine) -> Void
  ) -> ExportQuery {
    ExportQuery(
      sql: numbered + """
        , named AS (
          SELECT h.\(key) AS owner, h.through_decision_id AS through, max(n.id) AS decision
          FROM \(table) h CROSS \(seenBy) AND n.id <= h.through_decision_id
          GROUP BY 1, 2),
        firsts AS (SELECT owner, min(through) AS through, decision FROM named GROUP BY owner, decision)
        SELECT t.external_id AS tenant, q.external_id AS sequence, l.external_id AS lead, n.number, s.ordinal AS step,
          \(columns)
        FROM firsts f
        JOIN \(table) h ON h.\(key) = f.owner AND h.through_decision_id = f.through
        JOIN numbered n ON n.id = f.decision
        JOIN decisions e ON e.id = n.id
        JOIN sequence_steps s ON s.id = e.sequence_step_id
        JOIN tenants t ON t.id = e.tenant_id
        JOIN sequence_contacts c ON c.id = e.sequence_contact_id
        JOIN sequences q ON q.id = c.sequence_id
        JOIN leads l ON l.id = c.lead_id
        WHERE e.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY f.owner, f.through
        """, fields: fields)
  }
}
