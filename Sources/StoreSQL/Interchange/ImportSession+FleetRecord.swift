import Routing
import Wire

/// A fleet record of which only some lines have been read.
struct UnfinishedFleet {
  let tenant: Int
  let number: Int
  let parts: Int
  var part = 0
  var text = ""
}

/// Exports identify a fleet record by its number within its tenant, from 1. Decisions refer to it before its own line
/// comes; in the store its key is that of the first of them.
extension ImportSession {
  mutating func applyFleetRecord(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let number = try reader.whole("number", from: 1)
    let parts = try reader.named("parts") { (r, k) throws(FieldError) in try r.whole(k, from: 2) }.value ?? 1
    let part = try parts == 1 ? 1 : reader.whole("part", from: 1, to: parts)
    let generation = try reader.whole("generation", from: 1)
    let at = try reader.instant("at")
    let utcOffset = try reader.utcOffset() ?? 0
    let engine = try reader.engine()
    let bulkShare = try reader.named("bulk_share") { (r, k) throws(FieldError) in try r.whole(k, to: 100) }.value
    let text = try reader.string("body")
    try reader.finish()

    var unfinished = unfinishedFleet ?? UnfinishedFleet(tenant: tenant, number: number, parts: parts)
    guard unfinished.tenant == tenant, unfinished.number == number, unfinished.parts == parts,
      unfinished.part + 1 == part
    else {
      throw reader.failure(
        "number",
        expected: "part \(unfinished.part + 1) of \(unfinished.parts) of fleet \(unfinished.number) of tenant "
          + "'\(tenants[unfinished.tenant].id)'", hint: "keep the lines in their order")
    }
    unfinished.part = part
    unfinished.text += text
    guard part == parts else {
      unfinishedFleet = unfinished
      return .unchanged
    }
    let key = try fleet(reader, number, of: tenant)
    let record = FleetLine(
      tenant: tenant, number: number, key: key, generation: Int64(generation), at: at, utcOffset: Int64(utcOffset),
      engine: engine, bulkShare: bulkShare)
    let change = try apply(record, unfinished.text, reader)
    unfinishedFleet = nil
    awaitedFleets[record.key] = nil
    return change
  }

  private struct FleetLine {
    let tenant: Int
    let number: Int
    let key: Int64
    let generation: Int64
    let at: Int64
    /// Minutes.
    let utcOffset: Int64
    let engine: EngineVersion?
    /// Percent; nil in exports of versions without it.
    let bulkShare: Int?
  }

  private func apply(_ line: FleetLine, _ text: String, _ reader: JSONReader) throws -> ImportChange {
    guard let sent = FleetBody(base64: text), !sent.bytes.isEmpty else {
      throw reader.failure("body", expected: "base64")
    }
    let tenant = tenants[line.tenant]
    let body: FleetBody
    do {
      body = try sent.withKeys(at: Instant(milliseconds: line.at)) { _, id in
        guard let key = tenant.devices[Array(id.text.utf8)] else {
          throw UnreadableRecord("expected devices of tenant '\(tenant.id)', found '\(id)'")
        }
        return key
      }
    } catch let error as UnreadableRecord { throw refused(error) }
    let base = body.isKeyframe ? nil : try fleetKey(line.number - 1, of: line.tenant)
    if let isSame = try isSame(line, base, body) {
      guard isSame else {
        throw FieldError(
          path: "number", expected: "the recorded values of fleet \(line.number) of the tenant", found: "other values",
          hint: "imports never rewrite history: import into a new store, or leave the line out")
      }
      return .unchanged
    }
    try insert(line, base, body, reader)
    return .created
  }

  /// Whether the recorded fleet equals the line; nil if it is not recorded yet.
  private func isSame(_ line: FleetLine, _ base: Int64?, _ body: FleetBody) throws -> Bool? {
    try first(FleetSQL.find, [line.key]) { (row) -> Bool in
      let generation: Int64 = row["generation"]
      let at: Int64 = row["at"]
      let storedBase: Int64? = row["base_id"]
      let storedBody: [UInt8] = row["body"]
      let utcOffset: Int64 = row["utc_offset_minutes"]
      return generation == line.generation && at == line.at && storedBase == base && storedBody == body.bytes
        && utcOffset == line.utcOffset && EngineVersion(row: row) == line.engine
        && row["bulk_share"] as Int? == line.bulkShare
    }
  }

  private func insert(_ line: FleetLine, _ base: Int64?, _ body: FleetBody, _ reader: JSONReader) throws {
    let key = tenants[line.tenant].key
    guard try exists(FleetSQL.generation, [key, line.generation]) else {
      throw unknown(reader, "generation", "a generation of the tenant's policies, in the store or earlier in the file")
    }
    let last = awaitedFleets[line.key]?.last ?? line.key
    guard try !exists(FleetSQL.otherMoment, [line.key, last, line.at]) else {
      throw reader.failure("at", expected: "the time of the decisions that are based on the fleet")
    }
    try run(
      CycleSQL.fleet,
      [
        line.key, key, line.generation, line.at, base, last, body.bytes, line.utcOffset, line.engine?.number,
        line.engine?.lua, line.bulkShare,
      ])
    let devices: Set<Int64>
    do { devices = try fleets.devices(of: line.key, tenant: TenantKey(key), db) } catch let error as UnreadableRecord {
      throw refused(error)
    }
    let chosen = try all(FleetSQL.chosen, [line.key, last]) { $0["device_id"] as Int64 }
    guard chosen.allSatisfy({ devices.contains($0) }) else {
      throw FieldError(
        path: "body", expected: "the devices that its decisions chose", found: "a fleet that lacks one of them")
    }
  }

  private func refused(_ error: UnreadableRecord) -> FieldError {
    FieldError(path: "body", expected: "a fleet as an export writes it", found: "\(error)")
  }
}

// MARK: - Numbers

extension ImportSession {
  /// The key of a fleet that a decision refers to; nil for the tenant's next fleet.
  mutating func fleet(of reader: JSONReader, _ number: Int, of tenant: Int) throws -> Int64? {
    try numberFleets()
    if let key = try fleetKey(number, of: tenant) { return key }
    let next = (try value(FleetSQL.last, [tenants[tenant].key], as: Int.self) ?? 0) + 1
    guard number == next else {
      throw reader.failure(
        "fleet", expected: "\(next), the next fleet of the tenant, or an earlier one",
        hint: "keep the lines in their order")
    }
    return nil
  }

  /// Notes that a decision was based on a fleet. A nil `key` means a new fleet, which gets the decision's key.
  mutating func made(_ decision: Int64, on key: Int64?, _ number: Int, of tenant: Int) throws {
    let fleet = key ?? decision
    try run("UPDATE decisions SET fleet_id = ?1 WHERE id = ?2", [fleet, decision])
    if key == nil {
      try run(FleetSQL.remember, [tenants[tenant].key, number, fleet])
    } else {
      try run(FleetSQL.extend, [decision, fleet])
    }
    guard key == nil || awaitedFleets[fleet] != nil else { return }
    awaitedFleets[fleet] = AwaitedFleet(line: awaitedFleets[fleet]?.line ?? line, last: decision)
  }

  /// The key of a fleet whose own line has been read.
  private mutating func fleet(_ reader: JSONReader, _ number: Int, of tenant: Int) throws -> Int64 {
    try numberFleets()
    guard let key = try fleetKey(number, of: tenant) else {
      throw unknown(
        reader, "number", "the number of a fleet of a decision in the store or earlier in the file")
    }
    return key
  }

  private func fleetKey(_ number: Int, of tenant: Int) throws -> Int64? {
    try value(FleetSQL.numbered, [tenants[tenant].key, number])
  }

  private mutating func numberFleets() throws {
    guard !hasFleetNumbers else { return }
    try db.change(FleetSQL.create)
    try db.change(FleetSQL.number)
    hasFleetNumbers = true
  }

  /// Removes the reference to a fleet record from its decisions, because its line never came.
  mutating func giveUpFleet(_ fleet: Int64) throws {
    try run("UPDATE decisions SET fleet_id = NULL WHERE fleet_id = ?1 AND id >= ?1", [fleet])
    awaitedFleets[fleet] = nil
  }
}

extension JSONReader {
  /// The keys `engine` and `lua`, both or none: exports of versions up to schema 10 have none.
  fileprivate mutating func engine() throws(FieldError) -> EngineVersion? {
    guard let number = try named("engine", { (r, k) throws(FieldError) in try r.whole(k, from: 1) }).value else {
      return nil
    }
    return EngineVersion(number: number, lua: try text("lua"))
  }
}

private enum FleetSQL {
  static let find = """
    SELECT generation, at, base_id, body, utc_offset_minutes, engine, lua, bulk_share
    FROM fleet_records WHERE id = ?1
    """
  static let generation = "SELECT 1 FROM policy_activations WHERE tenant_id = ?1 AND generation = ?2"
  static let create = """
    CREATE TEMP TABLE import_fleets (
      tenant_id BIGINT NOT NULL,
      number BIGINT NOT NULL,
      id BIGINT NOT NULL,
      PRIMARY KEY (tenant_id, number)
    ) WITHOUT ROWID
    """
  static let number = """
    INSERT INTO import_fleets (tenant_id, number, id)
    SELECT tenant_id, row_number() OVER (PARTITION BY tenant_id ORDER BY id), id FROM fleet_records
    """
  static let numbered = "SELECT id FROM import_fleets WHERE tenant_id = ?1 AND number = ?2"
  static let last = "SELECT max(number) FROM import_fleets WHERE tenant_id = ?1"
  static let remember = "INSERT INTO import_fleets (tenant_id, number, id) VALUES (?1, ?2, ?3)"
  static let extend = "UPDATE fleet_records SET last_decision_id = max(last_decision_id, ?1) WHERE id = ?2"
  static let otherMoment = "SELECT 1 FROM decisions WHERE id BETWEEN ?1 AND ?2 AND fleet_id = ?1 AND at <> ?3 LIMIT 1"
  static let chosen = """
    SELECT DISTINCT device_id FROM decisions WHERE id BETWEEN ?1 AND ?2 AND fleet_id = ?1 AND device_id IS NOT NULL
    """
}

/// Reads the imported fleets as a replay does: each is applied to the one before it.
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
    // A skipped line may have changed its state.
    reader = nil
    let devices = Set(try current.read(record, of: tenant).members.map(\.device.key.raw))
    reader = (tenant, current)
    return devices
  }

  /// Drops the cache, because its rows were rolled back.
  func forget() { reader = nil }
}
