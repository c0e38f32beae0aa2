import Routing

/// Observes a store again and again for `usher top`, at a cost that does not grow with its history: keeps the rows it
/// has read, and reads only new ones.
///
/// Each look is one read transaction with one snapshot, and blocks no writer.
package final class StoreMonitor: StoreMonitoring {
  /// The maximum number of decisions that the first look reads.
  static let decisionsMax: Int64 = 1_000_000
  /// The maximum number of contacts counted as overdue.
  static let overdueMax = 10_000
  /// Counting waiting contacts walks over all enrolments: it is repeated only after this many times its own duration.
  static let waitingRest = 50.0

  private let store: any SQLStore
  private let stopwatch: () -> Double
  private var sends = WatchedSends()
  private var decisions: DecisionTally?
  private var lastDecision: Int64 = 0
  private var waiting: WaitingTally?
  private var waitingMilliseconds = 0.0
  private var waitingReadAt = 0.0

  /// `stopwatch` returns milliseconds of a monotonic clock.
  package init(_ store: any SQLStore, stopwatch: @escaping () -> Double) {
    (self.store, self.stopwatch) = (store, stopwatch)
  }

  /// The current overview of the store.
  ///
  /// Walks over the devices, the pending and sending messages, and the sends and decisions since the last look; the
  /// first look reads a day of sends and at most an hour of decisions. Throws if the store's file was deleted or
  /// replaced.
  package func look(at now: Instant) throws -> StoreOverview {
    if let loss = store.lossOfFile { throw loss }
    let running = store.runningProcess
    var overview = try store.reading { db in
      var overview = try read(db, at: now)
      overview.policies = try PolicyStatus.all(in: db)
      overview.guards = try GuardTrouble.all(in: db)
      overview.wakes = try Wake.named(in: db)
      return overview
    }
    overview.process.running = running
    overview.holds = try store.holds()
    return overview
  }

  private func read(_ db: any SQLConnection, at now: Instant) throws -> StoreOverview {
    let tenants = try db.all("SELECT id, external_id FROM tenants ORDER BY id") { row in
      (key: row["id"] as Int64, id: TenantID(stored: row["external_id"]))
    }
    let names = Dictionary(uniqueKeysWithValues: tenants.map { ($0.key, $0.id) })
    let decisions = try readDecisions(db, names, at: now)
    let (overdue, hasMore) = try overdue(db, tenants, at: now)
    return StoreOverview(
      now: now, process: try process(db), tenants: tenants.map(\.id), devices: try devices(db, names, at: now),
      decisions: decisions, overdue: overdue, hasMoreOverdue: hasMore, waiting: try readWaiting(db, names, at: now))
  }

  private func process(_ db: any SQLConnection) throws -> ProcessStatus {
    var status = ProcessStatus()
    try db.each("SELECT epoch, since FROM leader LIMIT 1") { row in
      (status.epoch, status.since) = (row["epoch"], Instant(milliseconds: row["since"]))
    }
    let decided: Int64? = try db.value("SELECT at FROM decisions ORDER BY id DESC LIMIT 1")
    let sent: Int64? = try db.value(
      """
      SELECT finished_at FROM attempts INDEXED BY attempts_sent WHERE outcome IN ('accepted', 'unknown')
      ORDER BY finished_at DESC LIMIT 1
      """)
    status.lastDecidedAt = decided.map(Instant.init(milliseconds:))
    status.lastSentAt = sent.map(Instant.init(milliseconds:))
    return status
  }

  private func devices(
    _ db: any SQLConnection, _ names: [Int64: TenantID], at now: Instant
  ) throws -> [StoreOverview.DeviceLine] {
    try sends.read(db, at: now)
    let queued = try DeviceLoads.messages(db, "pending", of: nil)
    let inFlight = try DeviceLoads.messages(db, "sending", of: nil)
    let failures = try DeviceLoads.failures(db, at: now)
    let sql = """
      SELECT \(DeviceRow.columns), d.tenant_id FROM user_devices d WHERE d.status <> 'retired' ORDER BY d.tenant_id, d.id
      """
    var lines: [StoreOverview.DeviceLine] = []
    try db.each(sql) { row in
      let device = DeviceRow.device(row)
      let key = device.key.raw
      let load = DeviceLoad(
        sentMinute: sends.count(device.key, window: RecentSends.minute, at: now),
        sentHour: sends.count(device.key, window: RecentSends.hour, at: now),
        sentDay: sends.count(device.key, window: RecentSends.day, at: now), queued: queued[key] ?? 0,
        inFlight: inFlight[key] ?? 0, failuresHour: failures[key] ?? 0)
      guard let tenant = names[row["tenant_id"]] else { return }
      lines.append(StoreOverview.DeviceLine(tenant: tenant, device: device, load: load, at: now))
    }
    return lines
  }

  // MARK: State kept between two looks

  private func readDecisions(
    _ db: any SQLConnection, _ names: [Int64: TenantID], at now: Instant
  ) throws -> DecisionTally {
    let last: Int64 = try db.value("SELECT max(id) FROM decisions") ?? 0
    var tally: DecisionTally
    // Fewer decisions than before mean that another store has replaced the file.
    if let decisions, last >= lastDecision {
      tally = decisions
    } else {
      let start = try StoreMonitor.firstDecision(
        db, last: last, from: now.advanced(byMilliseconds: -DecisionTally.kept))
      lastDecision = start.id - 1
      tally = DecisionTally(completeFrom: start.completeFrom, isCut: start.isCut)
    }
    try StoreMonitor.add(lastDecision, last, to: &tally, db, names)
    tally.forget(before: now)
    (decisions, lastDecision) = (tally, last)
    return tally
  }

  /// The decisions in the hour that ends at `moment`.
  static func decisions(
    _ db: any SQLConnection, _ names: [Int64: TenantID], upTo moment: Instant
  ) throws -> DecisionTally {
    let last = try lastDecision(db, upTo: moment)
    // Decisions after `moment` are excluded by `last`.
    let from = moment.advanced(byMilliseconds: -DecisionTally.kept)
    let start = try firstDecision(db, last: last, from: from)
    var tally = DecisionTally(completeFrom: start.completeFrom, isCut: start.isCut)
    try add(start.id - 1, last, to: &tally, db, names)
    return tally
  }

  /// The number of the last decision made at or before a given time; 0 before the first.
  static func lastDecision(_ db: any SQLConnection, upTo moment: Instant) throws -> Int64 {
    let last: Int64 = try db.value("SELECT max(id) FROM decisions") ?? 0
    return try firstDecision(db, last: last, from: moment.advanced(byMilliseconds: 1), most: last).id - 1
  }

  /// Adds the decisions after number `first` up to `last`.
  private static func add(
    _ first: Int64, _ last: Int64, to tally: inout DecisionTally, _ db: any SQLConnection, _ names: [Int64: TenantID]
  ) throws {
    let rows = try db.prepare("SELECT \(DecisionColumn.select) FROM decisions WHERE id > ?1 AND id <= ?2")
    rows.bind(1, first)
    rows.bind(2, last)
    // The decisions of a batch have one time and usually one outcome, so runs of equal ones are added together.
    var run: (tenant: Int64, at: Int64, kind: Int64, count: Int)?
    func add() {
      guard let run, let tenant = names[run.tenant] else { return }
      let kind = DecisionTally.Kind.allCases[Int(run.kind)]
      tally.add(kind, of: tenant, at: Instant(milliseconds: run.at), count: run.count)
    }
    while try rows.step() {
      let next = (
        tenant: rows.integer(DecisionColumn.tenant), at: rows.integer(DecisionColumn.at),
        kind: rows.integer(DecisionColumn.kind)
      )
      if let current = run, (current.tenant, current.at, current.kind) == next {
        run?.count += 1
      } else {
        add()
        run = (next.tenant, next.at, next.kind, 1)
      }
    }
    add()
  }

  /// The first decision at or after a given time, found by binary search: numbers ascend with time.
  private static func firstDecision(
    _ db: any SQLConnection, last: Int64, from moment: Instant, most: Int64 = StoreMonitor.decisionsMax
  ) throws -> (id: Int64, completeFrom: Instant, isCut: Bool) {
    let next = try db.prepare("SELECT id, at FROM decisions WHERE id >= ?1 ORDER BY id LIMIT 1")
    let row = SQLRow(next)
    var (low, high) = (max(1, last - most + 1), last + 1)
    next.bind(1, low)
    let oldest: Int64 = try next.step() ? row["at"] : moment.milliseconds
    let isCut = low > 1 && oldest >= moment.milliseconds
    next.reset()
    while low < high {
      let middle = low + (high - low) / 2
      next.bind(1, middle)
      guard try next.step() else {
        high = middle
        continue
      }
      let (id, at): (Int64, Int64) = (row["id"], row["at"])
      next.reset()
      if at >= moment.milliseconds { high = middle } else { low = id + 1 }
    }
    return (low, isCut ? Instant(milliseconds: oldest) : moment, isCut)
  }

  private func overdue(_ db: any SQLConnection, _ tenants: [(key: Int64, id: TenantID)], at now: Instant) throws
    -> ([StoreOverview.Overdue], hasMore: Bool)
  {
    let rows = try db.prepare(
      """
      SELECT count(*) AS count, min(next_at) AS since FROM (
        SELECT next_at FROM sequence_contacts WHERE tenant_id = ?1 AND next_at <= ?2 AND next_at IS NOT NULL
        ORDER BY next_at LIMIT ?3) due
      """)
    let row = SQLRow(rows)
    var (found, room) = ([StoreOverview.Overdue](), StoreMonitor.overdueMax)
    for tenant in tenants where room > 0 {
      rows.bind([tenant.key, now.milliseconds, room])
      guard try rows.step() else { continue }
      let (count, since) = (row["count"] as Int, Instant(milliseconds: row["since"]))
      rows.reset()
      guard count > 0 else { continue }
      found.append(StoreOverview.Overdue(tenant: tenant.id, contacts: count, since: since))
      room -= count
    }
    return (found, room <= 0)
  }

  private func readWaiting(
    _ db: any SQLConnection, _ names: [Int64: TenantID], at now: Instant
  ) throws -> WaitingTally {
    let start = stopwatch()
    if let waiting, start - waitingReadAt < waitingMilliseconds * StoreMonitor.waitingRest { return waiting }
    struct Place: Hashable { var tenant: Int64, reason: String, code: String?, list: Int64? }
    var counts: [Place: Int] = [:]
    let rows = try db.prepare("SELECT \(WaitingColumn.select) FROM sequence_contacts WHERE status = 'waiting'")
    // Neighbouring rows usually wait for the same reason.
    var run: (place: Place, bytes: [UInt8], count: Int)?
    while try rows.step() {
      let tenant = rows.integer(WaitingColumn.tenant)
      let isSame = rows.withText(WaitingColumn.reason.rawValue) { bytes in
        run.map { $0.place.tenant == tenant && bytes.elementsEqual($0.bytes) } ?? false
      }
      let code = rows.optionalText(WaitingColumn.code.rawValue)
      let list = rows.optionalInteger(WaitingColumn.list.rawValue)
      if isSame, run?.place.code == code, run?.place.list == list {
        run?.count += 1
        continue
      }
      if let run { counts[run.place, default: 0] += run.count }
      let text = rows.text(WaitingColumn.reason)
      let reason = Fault.withoutCause(text, ReasonCode.known(code))
      run = (Place(tenant: tenant, reason: reason, code: code, list: list), Array(text.utf8), 1)
    }
    if let run { counts[run.place, default: 0] += run.count }
    let lists = try Waitlist.all(in: db)
    let lines = counts.compactMap { place, count in
      names[place.tenant].map {
        WaitingTally.Line(
          tenant: $0, reason: place.reason, code: ReasonCode.known(place.code),
          waitlist: place.list.flatMap { lists[$0] }, contacts: count)
      }
    }
    let tally = WaitingTally(at: now, lines: lines)
    (waiting, waitingReadAt, waitingMilliseconds) = (tally, start, stopwatch() - start)
    return tally
  }
}

extension SQLStore {
  /// Reads nothing before the first look.
  package func watch(stopwatch: @escaping () -> Double) -> any StoreMonitoring {
    StoreMonitor(self, stopwatch: stopwatch)
  }
}

extension Wake {
  /// The latest wake of each tenant that had one, inside a transaction.
  fileprivate static func named(in db: any SQLConnection) throws -> [TenantID: Wake] {
    let sql = """
      SELECT t.external_id AS tenant, w.generation, w.at, w.decided, w.total, w.ended_at
      FROM wakes w JOIN tenants t ON t.id = w.tenant_id
      """
    var found: [TenantID: Wake] = [:]
    try db.each(sql) { row in found[TenantID(stored: row["tenant"])] = Wake(row) }
    return found
  }
}

/// The columns counted for each decision.
private enum DecisionColumn: Int, SQLColumn {
  case tenant, at
  /// The index in `DecisionTally.Kind.allCases`: 0 to 3 are the outcomes, 4 a fault.
  case kind

  var expression: String {
    switch self {
    case .tenant: "tenant_id"
    case .at: "at"
    case .kind:
      """
      CASE WHEN error_kind IS NOT NULL THEN 4 WHEN outcome = 'use' THEN 0 WHEN outcome = 'move' THEN 1
        WHEN outcome = 'wait' THEN 2 ELSE 3 END
      """
    }
  }
}

/// The columns counted for each waiting contact.
private enum WaitingColumn: Int, SQLColumn {
  case tenant, reason, code, list

  var expression: String {
    switch self {
    case .tenant: "tenant_id"
    case .reason: "coalesce(reason, '')"
    case .code: "code"
    case .list: "waitlist_id"
    }
  }
}
