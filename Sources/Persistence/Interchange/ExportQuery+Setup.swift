internal import GRDB
import Wire

/// What operators set up. Every key is written, null included, so that importing the line gives exactly this
/// row.
extension ExportQuery {
  static var tenant: ExportQuery {
    ExportQuery(
      sql: """
        SELECT external_id, name, time_zone, policies, params, patience_s, created_at FROM tenants
        WHERE id = ?1 OR ?1 IS NULL
        ORDER BY id
        """
    ) { row, line in
      line.text("id", row[0])
      line.text("name", row[1])
      line.text("time_zone", row[2])
      let policies = FaithfulJSON.texts(of: row[3])
      line.member(
        "policy", policies.count == 1 ? .string(policies[0]) : .array(policies.map(JSONValue.string)))
      line.stored("params", row[4], or: .object([:]))
      line.whole("patience_s", row[5])
      line.instant("created_at", row[6])
    }
  }

  static var device: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id, d.external_id, d.device_name, d.phone, d.status, d.gateway, d.platform,
          d.limit_minute, d.limit_hour, d.limit_day, d.limit_in_flight, d.pace_min_s, d.pace_max_s, d.tags,
          d.paused_until, d.pause_reason, d.last_seen_at, d.last_sent_at, d.next_send_at, d.created_at
        FROM user_devices d
        JOIN tenants t ON t.id = d.tenant_id
        WHERE d.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY d.id
        """
    ) { row, line in
      for (index, key) in ["tenant", "id", "name", "phone", "status", "gateway", "platform"].enumerated() {
        line.text(key, row[index])
      }
      var limits = JSONObject()
      for (index, key) in ["minute", "hour", "day", "in_flight"].enumerated() {
        limits[key] = (row[7 + index] as Int64?).map(JSONValue.integer) ?? .null
      }
      line.member("limits", .object(limits))
      line.member("pace_s", .array([.number(row[11]), .number(row[12])]))
      line.stored("tags", row[13], or: .array([]))
      line.instant("paused_until", row[14])
      line.text("pause_reason", row[15])
      line.instant("last_seen_at", row[16])
      line.instant("last_sent_at", row[17])
      line.instant("next_send_at", row[18])
      line.instant("created_at", row[19])
    }
  }

  /// The steps come from a query of their own.
  static var sequence: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id, q.external_id, q.name, q.trigger, q.status, q.created_at, q.id
        FROM sequences q
        JOIN tenants t ON t.id = q.tenant_id
        WHERE q.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY q.id
        """,
      fields: { row, line in
        for (index, key) in ["tenant", "id", "name", "trigger", "status"].enumerated() {
          line.text(key, row[index])
        }
        line.instant("created_at", row[5])
      }, sequenceKey: 6)
  }

  /// Without triggers: they have lines of their own, in the order in which they came.
  static var lead: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id, l.external_id, l.phone, l.name, d.external_id, l.tags, l.attributes,
          l.opted_out_at, l.created_at, l.time_zone
        FROM leads l
        JOIN tenants t ON t.id = l.tenant_id
        LEFT JOIN user_devices d ON d.id = l.device_id
        WHERE l.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY l.id
        """
    ) { row, line in
      for (index, key) in ["tenant", "id", "phone", "name", "device"].enumerated() {
        line.text(key, row[index])
      }
      line.stored("tags", row[5], or: .array([]))
      line.stored("attributes", row[6], or: .object([:]))
      line.instant("opted_out_at", row[7])
      line.instant("created_at", row[8])
      line.text("time_zone", row[9])
    }
  }

  static var trigger: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id, l.external_id, g.trigger, g.next_at, g.wait_reason, g.consumed_at,
          g.consumed_reason, g.created_at
        FROM lead_triggers g
        JOIN tenants t ON t.id = g.tenant_id
        JOIN leads l ON l.id = g.lead_id
        WHERE g.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY g.id
        """
    ) { row, line in
      for (index, key) in ["tenant", "lead", "trigger"].enumerated() { line.text(key, row[index]) }
      line.instant("next_at", row[3])
      line.text("wait_reason", row[4])
      line.instant("consumed_at", row[5])
      line.text("consumed_reason", row[6])
      line.instant("created_at", row[7])
    }
  }

  static var enrolment: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id, q.external_id, l.external_id, c.external_id, c.contact_phone, a.external_id,
          c.status, c.reason, p.external_id, c.current_step, c.attempts, c.due_at, c.next_at, c.capacity_at,
          c.enrolled_at, c.ended_at, c.moves
        FROM sequence_contacts c
        JOIN tenants t ON t.id = c.tenant_id
        JOIN sequences q ON q.id = c.sequence_id
        JOIN leads l ON l.id = c.lead_id
        LEFT JOIN user_devices a ON a.id = c.assigned_device_id
        LEFT JOIN user_devices p ON p.id = c.last_device_id
        WHERE c.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY c.id
        """
    ) { row, line in
      let texts = [
        "tenant", "sequence", "lead", "id", "phone", "assigned_device", "status", "reason", "last_device",
      ]
      for (index, key) in texts.enumerated() { line.text(key, row[index]) }
      line.whole("step", row[9])
      line.whole("attempts", row[10])
      for (index, key) in ["due_at", "next_at", "capacity_at", "enrolled_at", "ended_at"].enumerated() {
        line.instant(key, row[11 + index])
      }
      line.whole("moves", row[16])
    }
  }
}
