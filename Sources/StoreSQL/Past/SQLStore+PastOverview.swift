import Routing

extension SQLStore {
  /// The overview of the store at `moment`: only events up to then count.
  ///
  /// Costs as much as the first look of a `StoreMonitor`; for a past time also the events since, and a walk over the
  /// enrolments.
  package func overview(at moment: Instant, stopwatch: @escaping () -> Double) throws -> StoreOverview {
    let past = try reading { db -> StoreOverview? in
      try PastRecord(db).isPast(moment) ? try pastOverview(db, at: moment) : nil
    }
    // A hold may exist only in the file next to the store.
    let holds = try holds(at: moment)
    if var past {
      past.holds = holds
      return past
    }
    var overview = try StoreMonitor(self, stopwatch: stopwatch).look(at: moment)
    overview.holds = holds
    let later = try reading { db in try devicesCreated(after: moment, db) }
    overview.devices.removeAll { later.contains($0.device.key.raw) }
    return overview
  }

  private func devicesCreated(after moment: Instant, _ db: any SQLConnection) throws -> Set<Int64> {
    guard try PastRecord(db).knowsCreation(in: "user_devices", at: moment) else { return [] }
    let sql = "SELECT id FROM user_devices WHERE created_at > ?1"
    return Set(try db.values(sql, [moment.milliseconds], as: Int64.self))
  }

  private func pastOverview(_ db: any SQLConnection, at moment: Instant) throws -> StoreOverview {
    let knowsCreation = try PastRecord(db).knowsCreation(in: "tenants", at: moment)
    let tenants = try db.all(
      "SELECT id, external_id FROM tenants WHERE created_at <= ?1 OR ?2 = 0 ORDER BY id",
      [moment.milliseconds, knowsCreation]
    ) { row in (key: row["id"] as Int64, id: TenantID(stored: row["external_id"])) }
    let names = Dictionary(uniqueKeysWithValues: tenants.map { ($0.key, $0.id) })
    let loads = try PastLoads(db, at: moment)
    let devices = try PastDevices(db, at: moment).lines().filter {
      !($0.facts.contains(.status) && $0.device.status == .retired)
    }
    var overview = StoreOverview(
      now: moment, process: try process(db, at: moment), tenants: tenants.map(\.id),
      devices: devices.map { line in
        StoreOverview.DeviceLine(
          tenant: line.tenant, device: line.device, load: loads.load(of: line.device.key), facts: line.facts, at: moment
        )
      },
      decisions: try StoreMonitor.decisions(db, names, upTo: moment), waiting: try waiting(db, names, at: moment),
      policies: try PolicyStatus.all(in: db, at: moment))
    overview.isPast = true
    overview.tenantsWithoutWaits = Set(
      try PastRecord(db).tenantsWithoutWaits(before: moment).compactMap { names[$0] })
    return overview
  }

  private func process(_ db: any SQLConnection, at moment: Instant) throws -> ProcessStatus {
    var process = ProcessStatus()
    try db.each("SELECT epoch, since FROM leader WHERE since <= ?1", [moment.milliseconds]) { row in
      (process.epoch, process.since) = (row["epoch"], Instant(milliseconds: row["since"]))
    }
    let last = try StoreMonitor.lastDecision(db, upTo: moment)
    let decided: Int64? = try db.value("SELECT at FROM decisions WHERE id = ?1", [last])
    let sent: Int64? = try db.value(
      """
      SELECT finished_at FROM attempts INDEXED BY attempts_sent
      WHERE outcome IN ('accepted', 'unknown') AND finished_at <= ?1 ORDER BY finished_at DESC LIMIT 1
      """, [moment.milliseconds])
    process.lastDecidedAt = decided.map(Instant.init(milliseconds:))
    process.lastSentAt = sent.map(Instant.init(milliseconds:))
    return process
  }

  private func waiting(
    _ db: any SQLConnection, _ names: [Int64: TenantID], at moment: Instant
  ) throws -> WaitingTally {
    let sql = """
      WITH \(PastSQL.assignments), \(PastSQL.contacts)
      SELECT tenant_id, reason, code, waitlist, count(*) AS count FROM past_contacts
      WHERE status = 'waiting' GROUP BY 1, 2, 3, 4
      """
    var counts: [WaitingPlace: Int] = [:]
    try db.each(sql, [moment.milliseconds]) { row in
      guard let tenant = names[row["tenant_id"]] else { return }
      let code = ReasonCode.known(row["code"])
      let waitlist = (row["waitlist"] as String?).flatMap { try? JSONText.waitlist($0) }
      let reason = Fault.withoutCause(row["reason"], code)
      counts[WaitingPlace(tenant: tenant, reason: reason, code: code, waitlist: waitlist), default: 0] += row["count"]
    }
    let lines = counts.map { place, count in
      WaitingTally.Line(
        tenant: place.tenant, reason: place.reason, code: place.code, waitlist: place.waitlist, contacts: count)
    }
    return WaitingTally(at: moment, lines: lines)
  }
}

/// What the contacts of a line have in common.
private struct WaitingPlace: Hashable {
  let tenant: TenantID
  let reason: String
  let code: ReasonCode?
  let waitlist: Waitlist?
}

extension PolicyStatus {
  /// The live policies of each tenant at a past time. Refusals, faults and suspensions of that time are not on record.
  static func all(in db: any SQLConnection, at moment: Instant) throws -> [PolicyStatus] {
    let sql = """
      SELECT t.external_id AS tenant, a.position, coalesce(a.policy, r.policy) AS policy, r.external_id AS revision, (
          SELECT min(b.at) FROM policy_activations b
          WHERE b.tenant_id = t.id AND b.role = 'live' AND b.position = a.position AND b.generation > coalesce((
            SELECT max(c.generation) FROM policy_activations c
            WHERE c.tenant_id = t.id AND c.role = 'live' AND c.position = a.position AND c.generation <= p.generation
              AND c.revision_id <> a.revision_id), 0)) AS since, p.canary_share, p.shadow_share
      FROM tenants t
      JOIN policy_changes p ON p.tenant_id = t.id AND p.generation = (
        SELECT max(g.generation) FROM policy_changes g WHERE g.tenant_id = t.id AND g.at <= ?1)
      JOIN policy_activations a ON a.tenant_id = t.id AND a.generation = p.generation AND a.role = 'live'
      JOIN policy_revisions r ON r.id = a.revision_id
      ORDER BY t.id, a.position
      """
    return try db.all(sql, [moment.milliseconds]) { row in
      PolicyStatus(
        tenant: TenantID(stored: row["tenant"]), position: row["position"], policy: row["policy"],
        revision: row["revision"], since: (row["since"] as Int64?).map(Instant.init(milliseconds:)), refusal: nil,
        refusedAt: nil, faults: 0, lastFault: nil, suspendedAt: nil, canaryShare: row["canary_share"],
        shadowShare: row["shadow_share"])
    }
  }
}
