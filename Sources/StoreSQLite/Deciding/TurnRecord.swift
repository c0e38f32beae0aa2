import Routing
import StoreSQL

/// Puts on record, in the transaction of a batch, what its decisions were made on.
struct TurnRecord {
  /// What a transaction wrote; it holds once that is committed.
  struct Committed {
    let basis: DecisionBasis
    let tenant: TenantKey
    let key: Int64
    /// Where the tenant's record stands now; nil when it stands where it stood.
    let chain: FleetChain?
  }

  /// The record's number, which is the first decision's.
  let key: Int64
  /// The last decision that was made on it.
  var last: Int64
  private let basis: DecisionBasis
  private let tenant: TenantKey
  private let statements: CycleStatements

  init(_ basis: DecisionBasis, of tenant: TenantKey, _ statements: CycleStatements) throws {
    (self.basis, self.tenant, self.statements) = (basis, tenant, statements)
    key = try basis.record ?? TurnRecord.nextDecision(statements)
    last = key
  }

  private static func nextDecision(_ statements: CycleStatements) throws -> Int64 {
    defer { statements.nextDecision.reset() }
    guard try statements.nextDecision.step() else { throw StoreError.conflict("expected a number, found none") }
    return statements.nextDecision.onlyInteger
  }

  /// Writes the record, or that more decisions were made on it.
  func write(after chain: FleetChain?) throws -> Committed {
    if basis.record != nil {
      statements.extendFleet.bind(1, key)
      statements.extendFleet.bind(2, last)
      guard try statements.extendFleet.run() == 1 else {
        throw StoreError.conflict("expected fleet record \(key), found none: it was removed while it was in use")
      }
      return Committed(basis: basis, tenant: tenant, key: key, chain: nil)
    }
    let chain = try current(chain)
    let marks = FleetMarks(basis.fleet)
    if let chain, !chain.isDue, let body = try difference(marks, to: chain), body.count < chain.keyframeBytes {
      try insert(body, base: chain.record)
      return committed(
        FleetChain(
          record: key, marks: marks, keyframeBytes: chain.keyframeBytes,
          differenceBytes: chain.differenceBytes + body.count, differences: chain.differences + 1))
    }
    let body = FleetCode.keyframe(basis.fleet)
    try insert(body, base: nil)
    return committed(
      FleetChain(record: key, marks: marks, keyframeBytes: body.count, differenceBytes: 0, differences: 0))
  }

  /// The chain as it stands in the store: `known`, unless another process has been at it.
  private func current(_ known: FleetChain?) throws -> FleetChain? {
    let last = try FleetReader.last(of: tenant, statements.record)
    if let known, known.record == last { return known }
    // What cannot be read any more must not stop a cycle: a whole fleet begins the record anew.
    return try last.flatMap { last in
      try unlessUnreadable { try FleetReader.chain(to: last, of: tenant, statements.record) }
    }
  }

  private func committed(_ chain: FleetChain) -> Committed {
    Committed(basis: basis, tenant: tenant, key: key, chain: chain)
  }

  /// Nil when the fleet has other devices than the one on record.
  private func difference(_ marks: FleetMarks, to chain: FleetChain) throws -> [UInt8]? {
    let changes = try unlessUnreadable {
      try chain.marks.changes(to: basis.fleet, marks) {
        var reader = FleetReader(statements.record)
        return try reader.read(chain.record, of: tenant)
      }
    }
    return changes.map { FleetCode.difference(basis.fleet, $0) }
  }

  private func unlessUnreadable<Value>(_ body: () throws -> Value?) throws -> Value? {
    do { return try body() } catch is UnreadableRecord { return nil }
  }

  private func insert(_ body: [UInt8], base: Int64?) throws {
    let insert = statements.fleet
    insert.bind(1, key)
    insert.bind(2, tenant.raw)
    insert.bind(3, basis.generation)
    insert.bind(4, basis.fleet.now.milliseconds)
    insert.bind(5, base)
    insert.bind(6, last)
    insert.bind(7, body)
    insert.bind(8, Int64(basis.fleet.utcOffsetMinutes))
    try insert.run()
  }
}
