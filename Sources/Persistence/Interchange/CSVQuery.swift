internal import GRDB
import Routing
import Wire

/// How the rows of one table are read and written as CSV, attributes aside.
struct CSVQuery {
  let header: [String]
  let sql: String
  let cells: (Row) -> [String]

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
        SELECT t.external_id, l.external_id, l.phone, l.name, d.external_id,
          (SELECT json_group_array(trigger) FROM (SELECT trigger FROM lead_triggers
            WHERE lead_id = l.id AND consumed_at IS NULL ORDER BY id)), l.tags, l.opted_out_at,
          l.created_at, l.time_zone, l.attributes
        FROM leads l
        JOIN tenants t ON t.id = l.tenant_id
        LEFT JOIN user_devices d ON d.id = l.device_id
        WHERE l.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY l.id
        """
    ) { row in
      [
        row[0], row[1], row[2], row[3] ?? "", row[4] ?? "", list(row[5]), list(row[6]), instant(row[7]),
        instant(row[8]), row[9] ?? "",
      ]
    }
  }

  private static var devices: CSVQuery {
    CSVQuery(
      header: CSVTable.device.columns.map(\.name),
      sql: """
        SELECT t.external_id, d.external_id, d.device_name, d.phone, d.status, d.gateway, d.platform,
          d.limit_minute, d.limit_hour, d.limit_day, d.limit_in_flight, d.pace_min_s, d.pace_max_s, d.tags,
          d.paused_until, d.pause_reason, d.last_seen_at, d.last_sent_at, d.next_send_at, d.created_at
        FROM user_devices d
        JOIN tenants t ON t.id = d.tenant_id
        WHERE d.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY d.id
        """
    ) { row in
      [row[0], row[1], row[2], row[3] ?? "", row[4], row[5], row[6]]
        + (7...10).map { (index) -> String in (row[index] as Int64?).map(String.init) ?? "" }
        + [number(row[11]), number(row[12]), list(row[13]), instant(row[14]), row[15] ?? ""]
        + (16...19).map { instant(row[$0]) }
    }
  }

  private static func list(_ json: String) -> String { CSVCell.text(ofList: FaithfulJSON.texts(of: json)) }

  private static func instant(_ milliseconds: Int64?) -> String {
    milliseconds.map { Instant(milliseconds: $0).rfc3339 } ?? ""
  }

  private static func number(_ number: Double) -> String { JSONWriter().string(.number(number)) }
}
