import Routing

/// The tenants that a file has named so far, with the keys of their devices and sequences, which are read in bulk when
/// a tenant is first used. Leads and enrolments can be too many for that; they are looked up by index.
struct ImportedTenants {
  private var places: [Bytes: Int] = [:]
  private var entries: [Entry] = []

  /// Ids are compared by bytes, as in SQLite.
  typealias Bytes = [UInt8]

  struct Entry {
    var key: Int64
    var id: String
    var devices: [Bytes: Int64]
    var sequences: [Bytes: Int64]
    /// Keyed by sequence key; read when a sequence is first used.
    var steps: [Int64: [Step]] = [:]
  }

  /// A step; its number is its position in the list, from 1.
  struct Step {
    var key: Int64
    var delayMilliseconds: Int64
    var priority: Priority
  }

  subscript(place: Int) -> Entry {
    get { entries[place] }
    _modify { yield &entries[place] }
  }

  /// The index of a tenant; nil if the store does not have it.
  mutating func place(of id: String, _ db: any SQLConnection) throws -> Int? {
    if let place = places[Bytes(id.utf8)] { return place }
    guard let key = try TenantRow.key(of: TenantID(stored: id), in: db) else { return nil }
    let devices = "SELECT external_id, id FROM user_devices WHERE tenant_id = ?1"
    let sequences = "SELECT external_id, id FROM sequences WHERE tenant_id = ?1"
    entries.append(
      Entry(
        key: key, id: id, devices: try Self.keys(db, devices, key),
        sequences: try Self.keys(db, sequences, key)))
    places[Bytes(id.utf8)] = entries.count - 1
    return entries.count - 1
  }

  private static func keys(_ db: any SQLConnection, _ sql: String, _ tenant: Int64) throws -> [Bytes: Int64] {
    var keys: [Bytes: Int64] = [:]
    try db.each(sql, [tenant]) { row in
      let id: String = row["external_id"]
      keys[Bytes(id.utf8)] = row["id"] as Int64
    }
    return keys
  }

  mutating func steps(of sequence: Int64, tenant place: Int, _ db: any SQLConnection) throws -> [Step] {
    if let steps = entries[place].steps[sequence] { return steps }
    let sql = "SELECT id, delay_ms, priority FROM sequence_steps WHERE sequence_id = ?1 ORDER BY ordinal"
    let steps = try db.all(sql, [sequence]) {
      Step(key: $0["id"], delayMilliseconds: $0["delay_ms"], priority: Priority(stored: $0["priority"]))
    }
    entries[place].steps[sequence] = steps
    return steps
  }
}
