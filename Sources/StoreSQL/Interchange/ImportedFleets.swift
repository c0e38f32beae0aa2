import Routing

/// Reads the fleets that a file brings as a replay will: each on top of the one before it.
final class ImportedFleets {
  private var reader: (tenant: TenantKey, reader: FleetReader)?

  /// The keys of a fleet's devices. Throws `UnreadableRecord`.
  func devices(of record: Int64, tenant: TenantKey, _ db: any SQLConnection) throws -> Set<Int64> {
    var current: FleetReader
    if let reader, reader.tenant == tenant {
      current = reader.reader
    } else {
      current = FleetReader(try RecordStatements(db))
    }
    // What a line that is left out made of it is gone as well.
    reader = nil
    let devices = Set(try current.read(record, of: tenant).members.map(\.device.key.raw))
    reader = (tenant, current)
    return devices
  }

  /// Forgets what was read: its rows are gone.
  func forget() { reader = nil }
}
