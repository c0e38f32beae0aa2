internal import GRDB

/// The tenants that a file has named so far, with the keys of their devices and sequences, read in bulk when
/// a tenant is first used. Leads and enrolments can be too many for that and are looked up by index.
struct ImportedTenants {
  private var places: [Bytes: Int] = [:]
  private var entries: [Entry] = []

  /// Ids are compared by bytes, as SQLite does.
  typealias Bytes = [UInt8]

  struct Entry {
    var key: Int64
    var id: String
    var devices: [Bytes: Int64]
    var sequences: [Bytes: Int64]
    /// By sequence key; read when a sequence is first used.
    var steps: [Int64: [Step]] = [:]
  }

  /// A step; its number is its place in the list, from 1.
  struct Step {
    var key: Int64
    var delayMilliseconds: Int64
  }

  subscript(place: Int) -> Entry {
    get { entries[place] }
    _modify { yield &entries[place] }
  }

  /// The place of a tenant, or nil when the store does not have it.
  mutating func place(of id: String, _ db: Database) throws -> Int? {
    if let place = places[Bytes(id.utf8)] { return place }
    let key = try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT id FROM tenants WHERE external_id = ?"), arguments: [id])
    guard let key else { return nil }
    let devices = "SELECT external_id, id FROM user_devices WHERE tenant_id = ?"
    let sequences = "SELECT external_id, id FROM sequences WHERE tenant_id = ?"
    entries.append(
      Entry(
        key: key, id: id, devices: try Self.keys(db, devices, key),
        sequences: try Self.keys(db, sequences, key)))
    places[Bytes(id.utf8)] = entries.count - 1
    return entries.count - 1
  }

  private static func keys(_ db: Database, _ sql: String, _ tenant: Int64) throws -> [Bytes: Int64] {
    var keys: [Bytes: Int64] = [:]
    let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: [tenant])
    while let row = try rows.next() {
      let id: String = row[0]
      keys[Bytes(id.utf8)] = row[1]
    }
    return keys
  }

  mutating func steps(of sequence: Int64, tenant place: Int, _ db: Database) throws -> [Step] {
    if let steps = entries[place].steps[sequence] { return steps }
    let sql = "SELECT id, delay_ms FROM sequence_steps WHERE sequence_id = ? ORDER BY ordinal"
    let steps = try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [sequence])
      .map { Step(key: $0[0], delayMilliseconds: $0[1]) }
    entries[place].steps[sequence] = steps
    return steps
  }
}
