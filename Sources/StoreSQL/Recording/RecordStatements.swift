/// The statements that read recorded fleets, prepared once on one connection.
package final class RecordStatements {
  /// Reads one record by its key.
  package let fleet: any SQLStatement
  /// The key of a tenant's last record; NULL without one.
  package let lastFleet: any SQLStatement

  /// Prepares both; they live as long as this object.
  package init(_ db: any SQLConnection) throws {
    fleet = try db.prepare("SELECT tenant_id, at, base_id, body FROM fleet_records WHERE id = ?1")
    lastFleet = try db.prepare("SELECT max(id) FROM fleet_records WHERE tenant_id = ?1")
  }
}
