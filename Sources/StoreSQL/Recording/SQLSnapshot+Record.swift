import Routing

/// The decision record for replays; see `StoreHistory`.
extension SQLSnapshot {
  /// Reads one run after another in the order of deciding, one fleet at a time.
  package func visitRecord(
    _ filter: RecordFilter, run: (RecordedRun) throws -> Void, decision: (RecordedDecision) throws -> Bool
  ) throws {
    let statements = try RecordStatements(db)
    var rows = try RecordedRows(db)
    var only: Int64?
    if let number = filter.decision {
      only = try fleetRecord(of: number)
      if only == nil { return }
    }
    var first: Int64?
    for tenant in try tenants() where filter.tenant == nil || tenant.id == filter.tenant {
      var (reader, policies) = (FleetReader(statements), RecordedPolicies(db, tenant: tenant.key))
      let arguments: SQLArguments = [
        tenant.key.raw, filter.since?.milliseconds ?? Int64.min, filter.until?.milliseconds ?? Int64.max, only,
      ]
      let records = try db.query(FleetRecordSQL.records, arguments)
      while let row = try records.next() {
        let record: Int64 = row["id"]
        let generation: Int64 = row["generation"]
        let last: Int64 = row["last_decision_id"]
        let offset: Int = row["utc_offset_minutes"]
        // Decisions of versions without a share were about normal contacts only.
        let share: Int = (row["bulk_share"] as Int?) ?? Tenant.defaultBulkShare
        first = min(first ?? record, record)
        var fleet = try reader.read(record, of: tenant.key).fleet(
          of: tenant.id, utcOffsetMinutes: offset, bulkShare: share)
        var numbers = record...max(record, last)
        if let number = filter.decision {
          try reserve(on: &fleet, record: record, before: number)
          numbers = number...number
        }
        try run(
          RecordedRun(
            tenant: tenant, fleet: fleet, lineup: try policies.lineup(of: generation), generation: Int(generation),
            engine: EngineVersion(row: row)))
        guard try rows.visit(numbers, of: record, tenant: tenant.key, visit: decision) else { return }
      }
    }
    try expectFleets(filter, from: filter.since == nil ? 0 : first ?? 0)
  }

  /// Makes sure that no decision is skipped unnoticed: throws if the fleet record of one is missing. A decision with
  /// fleet 0 is archived and counted elsewhere. Walks over the decisions from a given number.
  private func expectFleets(_ filter: RecordFilter, from first: Int64) throws {
    let sql = """
      SELECT d.id, d.fleet_id FROM decisions d JOIN tenants t ON t.id = d.tenant_id
      WHERE d.id BETWEEN ?1 AND ?2 AND (t.external_id = ?3 OR ?3 IS NULL) AND d.at >= ?4 AND d.at < ?5
        AND d.fleet_id <> 0
        AND NOT EXISTS (SELECT 1 FROM fleet_records f WHERE f.id = d.fleet_id AND d.id <= f.last_decision_id)
      LIMIT 1
      """
    let (since, until) = (filter.since?.milliseconds ?? .min, filter.until?.milliseconds ?? .max)
    let range = filter.decision.map { ($0, $0) } ?? (first, Int64.max)
    let arguments: SQLArguments = [range.0, range.1, filter.tenant?.text, since, until]
    let found = try db.first(sql, arguments) { (decision: $0["id"] as Int64, fleet: $0["fleet_id"] as Int64) }
    guard let found else { return }
    throw UnreadableRecord(
      "decision \(found.decision): expected its fleet record \(found.fleet) in the store, found none that covers it")
  }

  /// The fleet record that a decision was based on; nil without one, and for an unknown decision.
  private func fleetRecord(of decision: Int64) throws -> Int64? {
    try db.value("SELECT fleet_id FROM decisions WHERE id = ?1", [decision])
  }

  /// Reserves the devices chosen by the run's decisions before `number`.
  private func reserve(on fleet: inout Fleet, record: Int64, before number: Int64) throws {
    let sql = """
      SELECT id, device_id FROM decisions WHERE id >= ?1 AND id < ?2 AND fleet_id = ?1 AND device_id IS NOT NULL
      """
    var positions: [Int64: Int] = [:]
    for (position, member) in fleet.members.enumerated() { positions[member.device.key.raw] = position }
    try db.each(sql, [record, number]) { row in
      let decision: Int64 = row["id"]
      let device: Int64 = row["device_id"]
      guard let position = positions[device] else {
        throw UnreadableRecord("decision \(decision): its device is not in fleet record \(record)")
      }
      fleet.reserve(position)
    }
  }

  /// Walks over the decisions of the tenants in the filter.
  package func countUnrecorded(_ filter: RecordFilter) throws -> UnrecordedCounts {
    let sql = """
      SELECT count(revision_id) AS by_policies, count(*) - count(revision_id) AS by_operators FROM decisions
      WHERE fleet_id IS NULL AND tenant_id = ?1 AND at >= ?2 AND at < ?3 AND (id = ?4 OR ?4 IS NULL)
      """
    let archived = """
      SELECT count(*) FROM decisions
      WHERE fleet_id = 0 AND tenant_id = ?1 AND at >= ?2 AND at < ?3 AND (id = ?4 OR ?4 IS NULL)
      """
    var counts = UnrecordedCounts()
    for tenant in try tenants() where filter.tenant == nil || tenant.id == filter.tenant {
      let arguments: SQLArguments = [
        tenant.key.raw, filter.since?.milliseconds ?? Int64.min, filter.until?.milliseconds ?? Int64.max,
        filter.decision,
      ]
      try db.each(sql, arguments) { row in
        counts.byPolicies += row["by_policies"]
        counts.byOperators += row["by_operators"]
      }
      counts.archived += try db.value(archived, arguments, as: Int.self) ?? 0
    }
    return counts
  }
}

extension EngineVersion {
  /// Reads the columns `engine` and `lua`; nil if they are NULL.
  init?(row: SQLRow) {
    guard let number: Int = row["engine"], let lua: String = row["lua"] else { return nil }
    self.init(number: number, lua: lua)
  }
}

private enum FleetRecordSQL {
  /// Ordered by the index `fleet_records_tenant`.
  static let records = """
    SELECT id, generation, last_decision_id, utc_offset_minutes, engine, lua, bulk_share FROM fleet_records
    WHERE tenant_id = ?1 AND at >= ?2 AND at < ?3 AND (id = ?4 OR ?4 IS NULL) ORDER BY id
    """
}

/// A tenant's past line-ups, each read once.
private struct RecordedPolicies {
  private let db: any SQLConnection
  private let tenant: TenantKey
  private var last: (generation: Int64, lineup: PolicyLineup)?

  init(_ db: any SQLConnection, tenant: TenantKey) { (self.db, self.tenant) = (db, tenant) }

  mutating func lineup(of generation: Int64) throws -> PolicyLineup {
    if let last, last.generation == generation { return last.lineup }
    guard let lineup = try Activations(db).generation(generation, of: tenant)?.lineup, !lineup.live.isEmpty else {
      throw UnreadableRecord("expected the policies of generation \(generation), found none")
    }
    last = (generation, lineup)
    return lineup
  }
}
