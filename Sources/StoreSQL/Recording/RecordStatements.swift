/// The statements that read fleets on record, prepared once on one connection.
package final class RecordStatements {
  /// One record by its key.
  package let fleet: any SQLStatement
  /// The key of a tenant's last record; NULL without any.
  package let lastFleet: any SQLStatement

  /// Prepares both; they live as long as this object.
  package init(_ db: any SQLConnection) throws {
    fleet = try db.prepare("SELECT tenant_id, at, base_id, body FROM fleet_records WHERE id = ?1")
    lastFleet = try db.prepare("SELECT max(id) FROM fleet_records WHERE tenant_id = ?1")
  }
}
