import Routing
import Wire

/// How the rows of one table are read and written as CSV, attributes aside.
struct CSVQuery {
  let header: [String]
  let sql: String
  let cells: (SQLRow) -> [String]

  static func of(_ table: CSVTable) -> CSVQuery {
    switch table {
    case .lead: leads
    case .device: devices
    }
  }

  private static var leads: CSVQuery {
    CSVQuery(
      header: CSVTable.lead.columns.map(\.name).filter { $0 != "opted_out" },
      sql: """
        SELECT t.external_id AS tenant, l.external_id AS id, l.phone, l.name, d.external_id AS device,
          (SELECT coalesce(json_group_array(trigger), '[]') FROM (SELECT trigger FROM lead_triggers
            WHERE lead_id = l.id AND consumed_at IS NULL ORDER BY id) waiting) AS triggers, l.tags, l.opted_out_at,
          l.created_at, l.time_zone, l.attributes
        FROM leads l
        JOIN tenants t ON t.id = l.tenant_id
        LEFT JOIN user_devices d ON d.id = l.device_id
        WHERE l.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY l.id
        """
    ) { row in
      [
        row["tenant"], row["id"], row["phone"], row["name"], row["device"], list(row["triggers"]), list(row["tags"]),
        instant(row["opted_out_at"]), instant(row["created_at"]), row["time_zone"],
      ]
    }
  }

  private static var devices: CSVQuery {
    CSVQuery(
      header: CSVTable.device.columns.map(\.name),
      sql: """
        SELECT t.external_id AS tenant, d.external_id AS id, d.device_name AS name, d.phone, d.status, d.gateway,
          d.platform, d.limit_minute, d.limit_hour, d.limit_day, d.limit_in_flight, d.pace_min_s, d.pace_max_s, d.tags,
          d.paused_until, d.pause_reason, d.last_seen_at, d.last_sent_at, d.next_send_at, d.created_at
        FROM user_devices d
        JOIN tenants t ON t.id = d.tenant_id
        WHERE d.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY d.id
        """
    ) { row in
      let texts: [String] = ["tenant", "id", "name", "phone", "status", "gateway", "platform"].map { row[$0] }
      let limits = ["limit_minute", "limit_hour", "limit_day", "limit_in_flight"].map { (name) -> String in
        (row[name] as Int64?).map(String.init) ?? ""
      }
      let pace = [number(row["pace_min_s"]), number(row["pace_max_s"])]
      let pause: [String] = [list(row["tags"]), instant(row["paused_until"]), row["pause_reason"]]
      let moments = ["last_seen_at", "last_sent_at", "next_send_at", "created_at"].map { instant(row[$0]) }
      return texts + limits + pace + pause + moments
    }
  }

  private static func list(_ json: String) -> String { CSVCell.text(ofList: FaithfulJSON.texts(of: json)) }

  private static func instant(_ milliseconds: Int64?) -> String {
    milliseconds.map { Instant(milliseconds: $0).rfc3339 } ?? ""
  }

  private static func number(_ number: Double) -> String { JSONWriter().string(.number(number)) }
}
