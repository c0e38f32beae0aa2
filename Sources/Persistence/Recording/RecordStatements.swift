import StoreSQL

/// The statements that read fleets on record, prepared once on one connection.
final class RecordStatements {
  let fleet: any SQLStatement
  let lastFleet: any SQLStatement

  init(_ db: any SQLConnection) throws {
    fleet = try db.prepare("SELECT tenant_id, at, base_id, body FROM fleet_records WHERE id = ?1")
    lastFleet = try db.prepare("SELECT max(id) FROM fleet_records WHERE tenant_id = ?1")
  }
}
