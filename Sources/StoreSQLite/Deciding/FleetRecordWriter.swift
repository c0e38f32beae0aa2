import Routing
import StoreSQL

/// Records the inputs of a batch's decisions, in the batch's transaction.
struct FleetRecordWriter {
  /// The writes of a transaction; valid once it is committed.
  struct Written {
    /// The record's number.
    let key: Int64
    /// The new end of the tenant's chain; nil if it did not change.
    let chain: FleetChain?
  }

  let inputs: DecisionInputs
  /// The record's number, which is the first decision's.
  let key: Int64
  /// The last decision of this batch; nil before the first.
  var last: Int64?
  private let tenant: TenantKey
  private let statements: CycleStatements

  /// Continues the record that `inputs` name, or reserves the number of the next decision.
  init(_ inputs: DecisionInputs, of tenant: TenantKey, _ statements: CycleStatements) throws {
    (self.inputs, self.tenant, self.statements) = (inputs, tenant, statements)
    key = try inputs.record ?? FleetRecordWriter.nextDecision(statements)
  }

  private static func nextDecision(_ statements: CycleStatements) throws -> Int64 {
    defer { statements.nextDecision.reset() }
    guard try statements.nextDecision.step() else { throw StoreError.conflict("expected a number, found none") }
    return statements.nextDecision.onlyInteger
  }

  /// Writes the record, or extends it to more decisions. Returns nil and writes nothing if nothing was decided.
  func write(after chain: FleetChain?) throws -> Written? {
    guard let last else { return nil }
    if inputs.record != nil {
      statements.extendFleet.bind(1, key)
      statements.extendFleet.bind(2, last)
      guard try statements.extendFleet.run() == 1 else {
        throw StoreError.conflict("expected fleet record \(key), found none: it was removed while it was in use")
      }
      return Written(key: key, chain: nil)
    }
    let chain = try current(chain)
    let fingerprint = FleetFingerprint(inputs.fleet)
    if let chain, !chain.isDue, let body = try difference(fingerprint, to: chain), body.count < chain.keyframeBytes {
      try insert(body, base: chain.record, last: last)
      return Written(
        key: key,
        chain: FleetChain(
          record: key, fingerprint: fingerprint, keyframeBytes: chain.keyframeBytes,
          differenceBytes: chain.differenceBytes + body.count, differences: chain.differences + 1))
    }
    let body = FleetCode.keyframe(inputs.fleet)
    try insert(body, base: nil, last: last)
    return Written(
      key: key,
      chain: FleetChain(
        record: key, fingerprint: fingerprint, keyframeBytes: body.count, differenceBytes: 0, differences: 0))
  }

  /// The chain as it is in the store: `known`, unless another process has changed it.
  private func current(_ known: FleetChain?) throws -> FleetChain? {
    let last = try FleetReader.last(of: tenant, statements.record)
    if let known, known.record == last { return known }
    // An unreadable record must not stop a cycle: a whole fleet starts a new chain.
    return try last.flatMap { last in
      try unlessUnreadable { try FleetReader.chain(to: last, of: tenant, statements.record) }
    }
  }

  /// Nil if the fleet has other devices than the recorded one.
  private func difference(_ fingerprint: FleetFingerprint, to chain: FleetChain) throws -> [UInt8]? {
    let changes = try unlessUnreadable {
      try chain.fingerprint.changes(to: inputs.fleet, fingerprint) {
        var reader = FleetReader(statements.record)
        return try reader.read(chain.record, of: tenant)
      }
    }
    return changes.map { FleetCode.difference(inputs.fleet, $0) }
  }

  private func unlessUnreadable<Value>(_ body: () throws -> Value?) throws -> Value? {
    do { return try body() } catch is UnreadableRecord { return nil }
  }

  private func insert(_ body: [UInt8], base: Int64?, last: Int64) throws {
    let insert = statements.fleet
    insert.bind(1, key)
    insert.bind(2, tenant.raw)
    insert.bind(3, inputs.generation)
    insert.bind(4, inputs.fleet.now.milliseconds)
    insert.bind(5, base)
    insert.bind(6, last)
    insert.bind(7, body)
    insert.bind(8, Int64(inputs.fleet.utcOffsetMinutes))
    insert.bind(9, inputs.engine.map { Int64($0.number) })
    insert.bind(10, inputs.engine?.lua)
    insert.bind(11, Int64(inputs.fleet.bulkShare))
    try insert.run()
  }
}
