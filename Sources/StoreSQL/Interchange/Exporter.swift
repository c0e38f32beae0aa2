import Routing
import Wire

/// Writes the content of a store in the format that `Importer` reads. Importing an export into a new store loses
/// nothing, and exporting that store again gives the same bytes.
///
/// Writes tenants, then devices, and so on, each in key order; keys themselves are not written. Leaves out `leader`,
/// the process that runs on this store, and `store`, this store's identity.
struct Exporter {
  /// The approximate size of one write: 64 KiB.
  static let chunkBytes = 65_536

  let db: any SQLConnection
  /// The key of the only tenant to export; nil exports all.
  let tenant: Int64?
  let write: ([UInt8]) throws -> Void

  /// Exports the snapshot that `db` shows; call it inside one read. Memory use: one row and one chunk of output.
  static func run(
    _ db: any SQLConnection, _ format: ExportFormat, tenant: TenantID? = nil, write: ([UInt8]) throws -> Void
  ) throws {
    try withoutActuallyEscaping(write) { write in
      let key = try tenant.map { try Exporter.key(of: $0, db) }
      let exporter = Exporter(db: db, tenant: key, write: write)
      switch format {
      case .jsonLines: try exporter.writeLines()
      case .csv(let table, let neutralising): try exporter.writeRows(table, neutralising)
      }
    }
  }

  private static func key(of tenant: TenantID, _ db: any SQLConnection) throws -> Int64 {
    guard let key = try TenantRow.key(of: tenant, in: db) else {
      throw ExportError.unknownTenant(tenant.text)
    }
    return key
  }

  /// Visits the rows of a query whose only parameter is the tenant's key, or NULL for all tenants.
  private func forEach(_ sql: String, _ body: (SQLRow) throws -> Void) throws { try db.each(sql, [tenant], body) }
}

// MARK: - JSON Lines

extension Exporter {
  private func writeLines() throws {
    var line = ExportLine()
    for type in InterchangeType.allCases {
      guard let query = ExportQuery.of(type) else {
        try type == .guards ? writeGuards(&line) : writeFleetRecords(&line)
        continue
      }
      try forEach(query.sql) { row in
        line.begin(type)
        query.fields(row, &line)
        if type == .sequence { line.member("steps", try steps(of: row["sequence_key"])) }
        line.end()
        if line.bytes.count >= Exporter.chunkBytes { try write(line.drain()) }
      }
    }
    if !line.bytes.isEmpty { try write(line.drain()) }
  }

  private func steps(of sequence: Int64) throws -> JSONValue {
    let sql = "SELECT delay_ms, content, priority FROM sequence_steps WHERE sequence_id = ?1 ORDER BY ordinal"
    let steps = try db.all(sql, [sequence]) { (row) -> JSONValue in
      let milliseconds: Int64 = row["delay_ms"]
      return .object([
        "delay_s": .number(Double(milliseconds) / 1000), "content": .string(row["content"]),
        "priority": .string(Priority(stored: row["priority"]).name),
      ])
    }
    return .array(steps)
  }
}

// MARK: - CSV

extension Exporter {
  private func writeRows(_ table: CSVTable, _ neutralising: Bool) throws {
    let query = CSVQuery.of(table)
    let attributes = table.hasAttributes ? try attributeNames(of: table) : []
    let header = query.header + attributes.map { CSVTable.attributePrefix + $0 }
    var writer = CSVWriter(header: header, neutralising: neutralising, lineEnd: .lf)
    try forEach(query.sql) { row in
      var cells = query.cells(row)
      if !attributes.isEmpty { cells += attributeCells(row["attributes"], attributes) }
      writer.append(cells)
      if writer.bytes.count >= Exporter.chunkBytes { try write(writer.drain()) }
    }
    if !writer.bytes.isEmpty { try write(writer.drain()) }
  }

  /// The attribute names that occur in any exported row; each becomes a column.
  private func attributeNames(of table: CSVTable) throws -> [String] {
    let sql = """
      SELECT DISTINCT a.key FROM \(table.rows) r, json_each(r.attributes) a
      WHERE r.tenant_id = ?1 OR ?1 IS NULL
      ORDER BY a.key
      """
    return try db.values(sql, [tenant])
  }

  private func attributeCells(_ json: String, _ names: [String]) -> [String] {
    guard case .object(let object)? = FaithfulJSON.value(of: json) else { return names.map { _ in "" } }
    return names.map { name in object[name].map(CSVCell.text(ofScalar:)) ?? "" }
  }
}
