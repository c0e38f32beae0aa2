/// The statements that read fleets on record, prepared once on one connection.
package final class RecordStatements {
  package let fleet: any SQLStatement
  package let lastFleet: any SQLStatement

  package init(_ db: any SQLConnection) throws {
    fleet = try db.prepare("SELECT tenant_id, at, base_id, body FROM fleet_records WHERE id = ?1")
    lastFleet = try db.prepare("SELECT max(id) FROM fleet_records WHERE tenant_id = ?1")
  }
}
