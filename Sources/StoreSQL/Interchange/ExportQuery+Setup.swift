import Wire

/// The configuration set by operators. Writes every key, including nulls, so that importing the line restores exactly
/// this row.
extension ExportQuery {
  static var tenant: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id AS id, t.name, t.time_zone, t.policies, t.params, t.patience_s, t.bulk_share,
          t.created_at
        FROM tenants t
        WHERE t.id = ?1 OR ?1 IS NULL
        ORDER BY t.id
        """
    ) { row, line in
      for key in ["id", "name", "time_zone"] { line.text(key, row[key]) }
      let policies = FaithfulJSON.texts(of: row["policies"])
      line.member(
        "policy", policies.count == 1 ? .string(policies[0]) : .array(policies.map(JSONValue.string)))
      line.stored("params", row["params"], or: .object([:]))
      line.whole("patience_s", row["patience_s"])
      line.whole("bulk_share", row["bulk_share"])
      line.instant("created_at", row["created_at"])
    }
  }

  static var device: ExportQuery {
    let columns = DeviceColumn.allCases.map(\.carried)
    return ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, d.external_id AS id, \(DeviceColumn.selected(from: "d"))
        FROM user_devices d
        JOIN tenants t ON t.id = d.tenant_id
        WHERE d.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY d.id
        """
    ) { row, line in
      for key in ["tenant", "id"] { line.text(key, row[key]) }
      columns.write(row, to: &line)
    }
  }

  /// Steps come from a separate query, by `sequence_key`.
  static var sequence: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, q.external_id AS id, q.name, q.trigger, q.status, q.created_at,
          q.id AS sequence_key
        FROM sequences q
        JOIN tenants t ON t.id = q.tenant_id
        WHERE q.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY q.id
        """
    ) { row, line in
      for key in ["tenant", "id", "name", "trigger", "status"] { line.text(key, row[key]) }
      line.instant("created_at", row["created_at"])
    }
  }

  /// Without triggers: they have separate lines, in order of arrival.
  static var lead: ExportQuery {
    let columns = LeadColumn.allCases.map(\.carried)
    return ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, l.external_id AS id,
          \(LeadColumn.selected(from: "l", ["device": "d.external_id"]))
        FROM leads l
        JOIN tenants t ON t.id = l.tenant_id
        LEFT JOIN user_devices d ON d.id = l.device_id
        WHERE l.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY l.id
        """
    ) { row, line in
      for key in ["tenant", "id"] { line.text(key, row[key]) }
      columns.write(row, to: &line)
    }
  }

  static var trigger: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, l.external_id AS lead, g.trigger, g.next_at, g.wait_reason, g.consumed_at,
          g.consumed_reason, g.created_at
        FROM lead_triggers g
        JOIN tenants t ON t.id = g.tenant_id
        JOIN leads l ON l.id = g.lead_id
        WHERE g.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY g.id
        """
    ) { row, line in
      for key in ["tenant", "lead", "trigger"] { line.text(key, row[key]) }
      line.instant("next_at", row["next_at"])
      line.text("wait_reason", row["wait_reason"])
      line.instant("consumed_at", row["consumed_at"])
      line.text("consumed_reason", row["consumed_reason"])
      line.instant("created_at", row["created_at"])
    }
  }

  static var enrolment: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, q.external_id AS sequence, l.external_id AS lead, c.external_id AS id,
          c.contact_phone AS phone, a.external_id AS assigned_device, c.status, c.reason, c.code, p.external_id AS last_device,
          c.current_step AS step, c.attempts, c.due_at, c.next_at, c.capacity_at, c.enrolled_at, c.ended_at, c.moves,
          c.waitlist_id, w.filter AS waitlist_filter, v.external_id AS waitlist_device
        FROM sequence_contacts c
        JOIN tenants t ON t.id = c.tenant_id
        JOIN sequences q ON q.id = c.sequence_id
        JOIN leads l ON l.id = c.lead_id
        LEFT JOIN user_devices a ON a.id = c.assigned_device_id
        LEFT JOIN user_devices p ON p.id = c.last_device_id
        LEFT JOIN waitlists w ON w.id = c.waitlist_id
        LEFT JOIN user_devices v ON v.id = w.device_id
        WHERE c.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY c.id
        """
    ) { row, line in
      for key in [
        "tenant", "sequence", "lead", "id", "phone", "assigned_device", "status", "reason", "code", "last_device",
      ] {
        line.text(key, row[key])
      }
      line.whole("step", row["step"])
      line.whole("attempts", row["attempts"])
      for key in ["due_at", "next_at", "capacity_at", "enrolled_at", "ended_at"] { line.instant(key, row[key]) }
      line.whole("moves", row["moves"])
      line.member("waitlist", waitlist(row))
    }
  }

  /// In the forms that an import reads.
  private static func waitlist(_ row: SQLRow) -> JSONValue {
    guard (row["waitlist_id"] as Int64?) != nil else { return .null }
    if let device: String = row["waitlist_device"] { return .object(JSONObject([("device", .string(device))])) }
    guard let filter: String = row["waitlist_filter"] else { return .string("fleet") }
    return FaithfulJSON.value(of: filter) ?? .null
  }
}
