import Routing

/// Reads the rows of one table and writes them as CSV, without attributes.
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
      of: .lead,
      sql: """
        SELECT t.external_id AS tenant, l.external_id AS id,
          \(LeadColumn.selected(from: "l", ["device": "d.external_id"])),
          (SELECT coalesce(json_group_array(trigger), '[]') FROM (SELECT trigger FROM lead_triggers
            WHERE lead_id = l.id AND consumed_at IS NULL ORDER BY id) waiting) AS triggers
        FROM leads l
        JOIN tenants t ON t.id = l.tenant_id
        LEFT JOIN user_devices d ON d.id = l.device_id
        WHERE l.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY l.id
        """)
  }

  private static var devices: CSVQuery {
    CSVQuery(
      of: .device,
      sql: """
        SELECT t.external_id AS tenant, d.external_id AS id, \(DeviceColumn.selected(from: "d"))
        FROM user_devices d
        JOIN tenants t ON t.id = d.tenant_id
        WHERE d.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY d.id
        """)
  }

  /// `sql` must name each column as the file does.
  private init(of table: CSVTable, sql: String) {
    // The time of the opt-out carries more than the flag.
    let columns = table.carried.filter { $0.name != "opted_out" && $0.csv != nil }
    header = columns.map(\.name)
    self.sql = sql
    cells = { row in columns.map { $0.cell(row) } }
  }
}
