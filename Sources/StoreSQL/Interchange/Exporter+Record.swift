import Routing

/// The recorded fleets, tenant by tenant, so that a reader can apply the differences in order.
extension Exporter {
  /// Numbers a tenant's fleet records from 1; exports identify them by these numbers.
  static let numberedFleets = """
    fleets AS MATERIALIZED (
      SELECT id, row_number() OVER (PARTITION BY tenant_id ORDER BY id) AS number,
        lag(id) OVER (PARTITION BY tenant_id ORDER BY id) AS before_id FROM fleet_records)
    """

  /// Throws `UnreadableRecord` for a record that another program changed.
  func writeFleetRecords(_ line: inout ExportLine) throws {
    let rows = try db.query(
      """
      WITH \(Exporter.numberedFleets)
      SELECT f.id, t.external_id AS tenant, g.number, f.generation, f.at,
        CASE WHEN f.base_id IS NOT NULL AND f.base_id IS NOT g.before_id THEN 1 ELSE 0 END AS is_on_another,
        f.body, f.utc_offset_minutes, f.engine, f.lua, f.bulk_share
      FROM fleet_records f JOIN fleets g ON g.id = f.id JOIN tenants t ON t.id = f.tenant_id
      WHERE f.tenant_id = ?1 OR ?1 IS NULL
      ORDER BY f.tenant_id, f.id
      """, [tenant])
    while let row = try rows.next() {
      let (key, id, number): (Int64, String, Int64) = (row["id"], row["tenant"], row["number"])
      let (generation, at): (Int64, Int64) = (row["generation"], row["at"])
      let isOnAnother: Bool = row["is_on_another"]
      guard !isOnAnother else {
        throw UnreadableRecord("fleet record \(key): expected a difference to the record before it")
      }
      let body = FleetBody(row["body"])
      let offset: Int64 = row["utc_offset_minutes"]
      let engine = EngineVersion(row: row)
      let bulkShare: Int64? = row["bulk_share"]
      let text = try body.withKeys(at: Instant(milliseconds: at)) { place, _ in Int64(place + 1) }.base64
      let length = FleetBody.partLength
      let parts = max(1, (text.utf8.count + length - 1) / length)
      for part in 0..<parts {
        line.begin(.fleetRecord)
        line.text("tenant", id)
        line.whole("number", number)
        if parts > 1 {
          line.whole("part", Int64(part + 1))
          line.whole("parts", Int64(parts))
        }
        line.whole("generation", generation)
        line.instant("at", at)
        // Omitted at 0: in most stores all tenants are in UTC.
        line.wholeIfAny("utc_offset_minutes", offset == 0 ? nil : offset)
        if let engine {
          line.whole("engine", Int64(engine.number))
          line.text("lua", engine.lua)
        }
        line.wholeIfAny("bulk_share", bulkShare)
        let piece = text.utf8.dropFirst(part * length).prefix(length)
        line.text("body", String(decoding: piece, as: UTF8.self))
        line.end()
        if line.bytes.count >= Exporter.chunkBytes { try write(line.drain()) }
      }
    }
  }
}
