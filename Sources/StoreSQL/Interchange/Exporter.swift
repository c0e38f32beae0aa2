import Routing
import Wire

/// Writes what a store holds, as `Importer` reads it: importing an export into a new store loses nothing, and
/// exporting that gives the same bytes.
///
/// Tenants, then devices, and so on, each in the order of their keys, which never reach the file. Left out are
/// `leader`, which says who runs on this store now, and `store`, which says which one it is.
struct Exporter {
  /// How much is written at a time, about: 64 KiB.
  static let chunkBytes = 65_536

  let db: any SQLConnection
  /// The one tenant to export, by key; nil exports all.
  let tenant: Int64?
  let write: ([UInt8]) throws -> Void

  /// Exports the snapshot that `db` shows: use it inside one read. Memory holds a row and a piece of output.
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

  /// The rows of a query whose only parameter is the tenant's key, or NULL for all.
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
    let sql = "SELECT delay_ms, content FROM sequence_steps WHERE sequence_id = ?1 ORDER BY ordinal"
    let steps = try db.all(sql, [sequence]) { (row) -> JSONValue in
      let milliseconds: Int64 = row["delay_ms"]
      return .object(["delay_s": .number(Double(milliseconds) / 1000), "content": .string(row["content"])])
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

  /// The names that any row of the export has: a column each.
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
