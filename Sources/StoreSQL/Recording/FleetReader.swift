import Routing

/// Reads recorded fleets. Keeps the last one read, so that reading in order costs only one difference for each record.
package struct FleetReader {
  private let statements: RecordStatements
  private(set) var state: FleetCode.State?
  private(set) var record: Int64?
  private(set) var keyframeBytes = 0
  private(set) var differenceBytes = 0
  private(set) var differences = 0

  /// Starts without a kept fleet; the first read costs a whole chain.
  package init(_ statements: RecordStatements) { self.statements = statements }

  /// The key of a tenant's last record; nil without one.
  package static func last(of tenant: TenantKey, _ statements: RecordStatements) throws -> Int64? {
    let last = statements.lastFleet
    last.bind(1, tenant.raw)
    defer { last.reset() }
    return try last.step() ? last.onlyOptionalInteger : nil
  }

  /// The chain that ends with a record, for continuing it.
  package static func chain(to record: Int64, of tenant: TenantKey, _ statements: RecordStatements) throws -> FleetChain
  {
    var reader = FleetReader(statements)
    let state = try reader.read(record, of: tenant)
    return FleetChain(
      record: record, fingerprint: FleetFingerprint(state.members, at: state.at), keyframeBytes: reader.keyframeBytes,
      differenceBytes: reader.differenceBytes, differences: reader.differences)
  }

  /// The fleet of a record. Throws `UnreadableRecord`, which names the record.
  package mutating func read(_ wanted: Int64, of tenant: TenantKey) throws -> FleetCode.State {
    var missing: [Int64] = []
    var next: Int64? = wanted
    while let record = next, record != self.record || state == nil {
      missing.append(record)
      guard missing.count <= FleetChain.differencesMax + 1 else {
        throw UnreadableRecord(
          "fleet record \(wanted): expected at most \(FleetChain.differencesMax) differences up to it, found more")
      }
      next = try base(of: record, tenant)
    }
    for record in missing.reversed() {
      do { try follow(record) } catch let error as UnreadableRecord {
        (state, self.record) = (nil, nil)
        throw UnreadableRecord("fleet record \(record): \(error)")
      }
    }
    return state!
  }

  private func base(of record: Int64, _ tenant: TenantKey) throws -> Int64? {
    let fleet = statements.fleet
    fleet.bind(1, record)
    defer { fleet.reset() }
    guard try fleet.step() else {
      throw UnreadableRecord("fleet record \(record): expected the record in the store, found none")
    }
    let row = SQLRow(fleet)
    guard row["tenant_id"] as Int64 == tenant.raw else {
      throw UnreadableRecord(
        "fleet record \(record): expected a record of the decision's tenant, found another tenant's")
    }
    return row["base_id"]
  }

  private mutating func follow(_ record: Int64) throws {
    let fleet = statements.fleet
    fleet.bind(1, record)
    defer { fleet.reset() }
    guard try fleet.step() else { throw UnreadableRecord("expected the record in the store, found none") }
    let row = SQLRow(fleet)
    let at = Instant(milliseconds: row["at"])
    let base: Int64? = row["base_id"]
    let body: [UInt8] = row["body"]
    if base == nil { state = nil }
    let isKeyframe = state == nil
    // Moved out of the property, so that changes happen in place, without a copy.
    var state = self.state
    self.state = nil
    try body.withUnsafeBytes { bytes in try FleetCode.read(bytes, at: at, into: &state) }
    (self.state, self.record) = (state, record)
    (keyframeBytes, differenceBytes, differences) =
      isKeyframe ? (body.count, 0, 0) : (keyframeBytes, differenceBytes + body.count, differences + 1)
  }
}
