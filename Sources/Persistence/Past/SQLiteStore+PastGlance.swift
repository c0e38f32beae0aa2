internal import GRDB
import Routing

extension SQLiteStore {
  /// What the store looked like at `moment`: only what had happened by then counts.
  ///
  /// Costs what a first look of `StoreWatch` does; of a moment that has passed also what happened since, and a walk over the
  /// enrolments.
  package func glance(at moment: Instant, stopwatch: @escaping () -> Double) throws -> StoreGlance {
    let past = try reading { db -> StoreGlance? in
      try PastRecord(db).isPast(moment) ? try pastGlance(db, at: moment) : nil
    }
    // A hold may be in the file beside the store alone.
    let holds = try holds(at: moment)
    if var past {
      past.holds = holds
      return past
    }
    var glance = try StoreWatch(self, stopwatch: stopwatch).look(at: moment)
    glance.holds = holds
    let later = try reading { db in try devicesCreated(after: moment, db) }
    glance.devices.removeAll { later.contains($0.device.key.raw) }
    return glance
  }

  private func devicesCreated(after moment: Instant, _ db: Database) throws -> Set<Int64> {
    guard try PastRecord(db).knowsCreation(in: "user_devices", at: moment) else { return [] }
    let sql = "SELECT id FROM user_devices WHERE created_at > ?"
    return Set(try Int64.fetchAll(db, sql: sql, arguments: [moment.milliseconds]))
  }

  private func pastGlance(_ db: Database, at moment: Instant) throws -> StoreGlance {
    let knowsCreation = try PastRecord(db).knowsCreation(in: "tenants", at: moment)
    let tenants = try Row.fetchAll(
      db, sql: "SELECT id, external_id FROM tenants WHERE created_at <= ?1 OR NOT ?2 ORDER BY id",
      arguments: [moment.milliseconds, knowsCreation]
    ).map { (key: $0[0] as Int64, id: TenantID(stored: $0[1])) }
    let names = Dictionary(uniqueKeysWithValues: tenants.map { ($0.key, $0.id) })
    let loads = try PastLoads(db, at: moment)
    let devices = try PastDevices(db, at: moment).lines().filter {
      !($0.facts.contains(.status) && $0.device.status == .retired)
    }
    var glance = StoreGlance(
      now: moment, process: try process(db, at: moment), tenants: tenants.map(\.id),
      devices: devices.map { line in
        StoreGlance.DeviceLine(
          tenant: line.tenant, device: line.device, load: loads.load(of: line.device.key), facts: line.facts, at: moment
        )
      },
      decisions: try StoreWatch.decisions(db, names, upTo: moment), waiting: try waiting(db, names, at: moment),
      policies: try PolicyStanding.all(in: db, at: moment))
    glance.isPast = true
    glance.tenantsWithoutWaits = Set(
      try PastRecord(db).tenantsWithoutWaits(before: moment).compactMap { names[$0] })
    return glance
  }

  private func process(_ db: Database, at moment: Instant) throws -> ProcessStanding {
    var process = ProcessStanding()
    if let row = try Row.fetchOne(
      db, sql: "SELECT epoch, since FROM leader WHERE since <= ?", arguments: [moment.milliseconds])
    {
      (process.epoch, process.since) = (row[0], Instant(milliseconds: row[1]))
    }
    let last = try StoreWatch.lastDecision(db, upTo: moment)
    let decided = try Int64.fetchOne(db, sql: "SELECT at FROM decisions WHERE id = ?", arguments: [last])
    let sent = try Int64.fetchOne(
      db,
      sql: """
        SELECT finished_at FROM attempts INDEXED BY attempts_sent
        WHERE outcome IN ('accepted', 'unknown') AND finished_at <= ? ORDER BY finished_at DESC LIMIT 1
        """, arguments: [moment.milliseconds])
    process.lastDecidedAt = decided.map(Instant.init(milliseconds:))
    process.lastSentAt = sent.map(Instant.init(milliseconds:))
    return process
  }

  private func waiting(_ db: Database, _ names: [Int64: TenantID], at moment: Instant) throws -> WaitingTally {
    let sql = """
      WITH \(PastSQL.assignments), \(PastSQL.contacts)
      SELECT tenant_id, reason, count(*) FROM past_contacts WHERE status = 'waiting' GROUP BY 1, 2
      """
    let lines = try Row.fetchAll(db, sql: sql, arguments: [moment.milliseconds]).compactMap { row in
      names[row[0]].map { WaitingTally.Line(tenant: $0, reason: row[1] ?? "", contacts: row[2]) }
    }
    return WaitingTally(at: moment, lines: lines)
  }
}

extension PolicyStanding {
  /// What decided for each tenant at a moment that has passed. Refusals, faults and suspensions of then are not on record.
  static func all(in db: Database, at moment: Instant) throws -> [PolicyStanding] {
    let sql = """
      SELECT t.external_id, a.position, coalesce(a.policy, r.policy), r.external_id, (
          SELECT min(b.at) FROM policy_activations b
          WHERE b.tenant_id = t.id AND b.role = 'live' AND b.position = a.position AND b.generation > coalesce((
            SELECT max(c.generation) FROM policy_activations c
            WHERE c.tenant_id = t.id AND c.role = 'live' AND c.position = a.position AND c.generation <= p.generation
              AND c.revision_id <> a.revision_id), 0)), p.canary_share, p.shadow_share
      FROM tenants t
      JOIN policy_changes p ON p.tenant_id = t.id AND p.generation = (
        SELECT max(g.generation) FROM policy_changes g WHERE g.tenant_id = t.id AND g.at <= ?1)
      JOIN policy_activations a ON a.tenant_id = t.id AND a.generation = p.generation AND a.role = 'live'
      JOIN policy_revisions r ON r.id = a.revision_id
      ORDER BY t.id, a.position
      """
    return try Row.fetchAll(db, sql: sql, arguments: [moment.milliseconds]).map { row in
      PolicyStanding(
        tenant: TenantID(stored: row[0]), position: row[1], policy: row[2], revision: row[3],
        since: (row[4] as Int64?).map(Instant.init(milliseconds:)), refusal: nil, refusedAt: nil, faults: 0,
        lastFault: nil, suspendedAt: nil, canaryShare: row[5], shadowShare: row[6])
    }
  }
}
