internal import GRDB

/// The statements that read fleets on record, prepared once on one connection.
final class RecordStatements {
  let fleet: RawStatement
  let lastFleet: RawStatement

  init(_ db: Database) throws {
    fleet = try RawStatement(db, "SELECT tenant_id, at, base_id, body FROM fleet_records WHERE id = ?1")
    lastFleet = try RawStatement(db, "SELECT max(id) FROM fleet_records WHERE tenant_id = ?1")
  }
}
