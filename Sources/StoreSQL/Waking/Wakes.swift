import Routing

/// Wakes: passes over the waits of a tenant after a change, kept in `wakes`, inside a transaction.
struct Wakes {
  /// The number of waits that are read at once from one waitlist.
  private static let pageMax = 256

  private let db: any SQLConnection
  private let tenant: Int64

  init(_ db: any SQLConnection, of tenant: Int64) { (self.db, self.tenant) = (db, tenant) }

  // MARK: - Beginning

  /// Begins a pass over all waits of contacts and triggers, or continues with a new one if one is open. Writes nothing if
  /// nothing waits. `generation` nil is the tenant's latest. Costs a count over two indexes.
  func begin(inGeneration generation: Int64? = nil, at now: Instant) throws {
    try begin(.all, generation, after: try lastDecision(), at: now)
  }

  /// Begins a pass after a change of devices, over the waits that can depend on them and that capacity does not end; see
  /// `WakeScope.devices`. An open pass goes on, and one over these waits follows it: devices that change again and again must
  /// not keep the last waits from their turn. Costs a look-up for each device.
  func begin(afterChangeOf devices: Set<Int64>, at now: Instant) throws {
    let last = try lastDecision()
    let isRetired = "SELECT 1 FROM user_devices WHERE id = ?1 AND status = 'retired'"
    let retired = try devices.filter { try db.value(isRetired, [$0], as: Int64.self) != nil }
    let scope = WakeScope(retired: retired.map(DeviceKey.init(_:)))
    guard let open = try state(), open.endedAt == nil else {
      return try begin(scope, nil, after: last, at: now)
    }
    let next = open.next.map { $0.scope.and(scope) } ?? scope
    try db.change(
      """
      UPDATE wakes SET next_after_decision_id = ?2, next_of_devices = ?3, next_retired_device_id = ?4 WHERE tenant_id = ?1
      """, [tenant, last, next.isOfDevices, next.retired?.raw])
  }

  private func begin(_ scope: WakeScope, _ generation: Int64?, after last: Int64, at now: Instant) throws {
    let total = try count(scope)
    guard total > 0 else {
      try db.change("DELETE FROM wakes WHERE tenant_id = ?1", [tenant])
      return
    }
    let generation = try generation ?? Activations(db).last(of: TenantKey(tenant))
    try db.change(
      """
      INSERT INTO wakes (tenant_id, generation, at, after_decision_id, total, of_devices, retired_device_id)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      ON CONFLICT (tenant_id) DO UPDATE SET generation = excluded.generation, at = excluded.at,
        after_decision_id = excluded.after_decision_id, total = excluded.total, of_devices = excluded.of_devices,
        retired_device_id = excluded.retired_device_id, priority = NULL, due_at = NULL, contact_id = NULL, decided = 0,
        ended_at = NULL, next_after_decision_id = NULL, trigger_id = 0
      """, [tenant, generation, now.milliseconds, last, total, scope.isOfDevices, scope.retired?.raw])
  }

  private func lastDecision() throws -> Int64 {
    try db.value("SELECT coalesce(max(id), 0) FROM decisions", as: Int64.self) ?? 0
  }

  private func count(_ scope: WakeScope) throws -> Int {
    let all = """
      SELECT count(*) FROM sequence_contacts INDEXED BY sequence_contacts_waits
      WHERE tenant_id = ?1 AND status = 'waiting'
      """
    let leads = """
      SELECT count(*) FROM lead_triggers INDEXED BY lead_triggers_waiting
      WHERE tenant_id = ?1 AND consumed_at IS NULL AND next_at IS NOT NULL
      """
    let triggers = try db.value(leads, [tenant], as: Int.self) ?? 0
    guard case .devices(let retired) = scope else { return triggers + (try db.value(all, [tenant], as: Int.self) ?? 0) }
    let contacts = try db.value(
      """
      SELECT count(*) FROM sequence_contacts INDEXED BY sequence_contacts_waits
      WHERE tenant_id = ?1 AND status = 'waiting' AND (waitlist_id IS NULL
        OR waitlist_id IN (SELECT id FROM waitlists WHERE tenant_id = ?1 AND device_id = ?2))
      """, [tenant, retired?.raw], as: Int.self)
    return triggers + (contacts ?? 0)
  }

  // MARK: - The pass

  /// The tenant's wake and where its pass is.
  private struct State {
    var wake: Wake
    var after: Int64
    var cursor: Cursor?
    var scope: WakeScope
    /// The pass that follows.
    var next: (after: Int64, scope: WakeScope)?
    /// The last trigger that was made due; nil once the pass is behind them all.
    var trigger: Int64?

    var endedAt: Instant? { wake.endedAt }
  }

  /// The position of a wait in the order of the waitlists.
  struct Cursor: Comparable {
    var priority: Int64
    var dueAt: Int64
    var contact: Int64

    static func < (left: Cursor, right: Cursor) -> Bool {
      (left.priority, left.dueAt, left.contact) < (right.priority, right.dueAt, right.contact)
    }
  }

  private func state() throws -> State? {
    let sql = """
      SELECT generation, at, after_decision_id, priority, due_at, contact_id, decided, total, ended_at, of_devices,
        retired_device_id, next_after_decision_id, next_of_devices, next_retired_device_id, trigger_id
      FROM wakes WHERE tenant_id = ?1
      """
    return try db.first(sql, [tenant]) { row in
      let (contact, next): (Int64?, Int64?) = (row["contact_id"], row["next_after_decision_id"])
      return State(
        wake: Wake(row), after: row["after_decision_id"],
        cursor: contact.map { Cursor(priority: row["priority"], dueAt: row["due_at"], contact: $0) },
        scope: WakeScope(isOfDevices: row["of_devices"], retired: row["retired_device_id"]),
        next: next.map {
          (after: $0, WakeScope(isOfDevices: row["next_of_devices"], retired: row["next_retired_device_id"]))
        },
        trigger: row["trigger_id"])
    }
  }

  /// Makes the next waits due, those of triggers first, and moves the cursor. Due steps are decided in the order of their times, so each wait is due a
  /// millisecond after the one before it, and the last one just before `now`. Handles at most `limit`, and at least one
  /// before it reads `isOver`. Returns the wake; nil if none is open.
  func next(limit: Int, at now: Instant, isOver: () -> Bool) throws -> Wake? {
    guard var state = try state(), state.endedAt == nil else { return nil }
    var (left, isAtEnd) = (limit, false)
    while left > 0, state.trigger != nil {
      left -= try wakeTriggers(&state, limit: min(left, Wakes.pageMax), at: now)
      if isOver() { left = 0 }
    }
    var walk = WaitWalk(db, tenant, lists: try lists(state), after: state.cursor, page: min(limit, Wakes.pageMax))
    let woken = state.wake.decided
    let ahead = max(1, min(limit, state.wake.total - woken))
    while left > 0 {
      guard let wait = try walk.next() else {
        isAtEnd = true
        break
      }
      if wait.lastDecision.map({ $0 <= state.after }) ?? true {
        let index = state.wake.decided - woken
        try WaitCauses.wake(contact: wait.place.contact, at: now, ahead: max(1, ahead - index), in: db)
        state.wake.decided += 1
      }
      state.cursor = wait.place
      left -= 1
      if isOver() { break }
    }
    if isAtEnd { try end(&state, at: now) }
    try write(state)
    return state.wake
  }

  /// Returns how many waiting triggers were read.
  private func wakeTriggers(_ state: inout State, limit: Int, at now: Instant) throws -> Int {
    let sql = """
      SELECT id FROM lead_triggers INDEXED BY lead_triggers_waiting
      WHERE tenant_id = ?1 AND consumed_at IS NULL AND next_at IS NOT NULL AND id > ?2
      ORDER BY id LIMIT ?3
      """
    let keys = try db.values(sql, [tenant, state.trigger, limit], as: Int64.self)
    for key in keys {
      try db.change("UPDATE lead_triggers SET next_at = ?2 WHERE id = ?1 AND next_at > ?2", [key, now.milliseconds])
    }
    state.wake.decided += keys.count
    state.trigger = keys.count < limit ? nil : keys.last
    return keys.count
  }

  /// The pass ends, and the one that follows begins if a device changed meanwhile. Waits that ended otherwise since its
  /// beginning do not count.
  private func end(_ state: inout State, at now: Instant) throws {
    guard let next = state.next, case let total = try count(next.scope), total > 0 else {
      state.next = nil
      state.wake.total = state.wake.decided
      state.wake.endedAt = now
      return
    }
    (state.cursor, state.after, state.scope, state.next, state.trigger) = (nil, next.after, next.scope, nil, 0)
    (state.wake.decided, state.wake.total) = (0, total)
  }

  private func lists(_ state: State) throws -> [Int64?] {
    let sql = """
      SELECT id FROM waitlists WHERE tenant_id = ?1 AND (?2 = 0 OR device_id = ?3) ORDER BY id
      """
    let scope = state.scope
    return [nil] + (try db.values(sql, [tenant, scope.isOfDevices, scope.retired?.raw], as: Int64.self)).map { $0 }
  }

  private func write(_ state: State) throws {
    try db.changeOne(
      """
      UPDATE wakes SET priority = ?2, due_at = ?3, contact_id = ?4, decided = ?5, total = ?6, ended_at = ?7,
        after_decision_id = ?8, of_devices = ?9, retired_device_id = ?10, trigger_id = ?11,
        next_after_decision_id = CASE WHEN ?12 THEN next_after_decision_id END
      WHERE tenant_id = ?1
      """,
      [
        tenant, state.cursor?.priority, state.cursor?.dueAt, state.cursor?.contact, state.wake.decided,
        state.wake.total, state.endedAt?.milliseconds, state.after, state.scope.isOfDevices, state.scope.retired?.raw,
        state.trigger, state.next != nil,
      ], expecting: "the wake of tenant \(tenant)")
  }
}

extension WakeScope {
  /// From the columns of `wakes`.
  init(isOfDevices: Bool, retired: Int64?) {
    self = isOfDevices ? .devices(retired: retired.map(DeviceKey.init(_:))) : .all
  }

  fileprivate var isOfDevices: Bool { self != .all }
  fileprivate var retired: DeviceKey? { if case .devices(let retired) = self { retired } else { nil } }
}

extension Wake {
  /// From a row with the columns of `wakes`.
  init(_ row: SQLRow) {
    self.init(
      generation: row["generation"], at: Instant(milliseconds: row["at"]), decided: row["decided"],
      total: row["total"], endedAt: (row["ended_at"] as Int64?).map(Instant.init(milliseconds:)))
  }
}

/// The waits of several waitlists in one order: priority, due time, key. Reads each list in pages.
private struct WaitWalk {
  struct Wait {
    let place: Wakes.Cursor
    let lastDecision: Int64?
  }

  /// The rows of one list that have been read and not returned yet.
  private struct Page {
    let list: Int64?
    var rows: [Wait] = []
    var index = 0
    /// The last row read; nil before the first.
    var end: Wakes.Cursor?
    var isLast = false
  }

  private let db: any SQLConnection
  private let tenant: Int64
  private let size: Int
  private var pages: [Page]
  /// The lists that have a next wait, the first one last; nil before the first call of `next`.
  private var order: [Int]?

  init(_ db: any SQLConnection, _ tenant: Int64, lists: [Int64?], after cursor: Wakes.Cursor?, page: Int) {
    (self.db, self.tenant) = (db, tenant)
    // Of many lists each has a small part of the next waits.
    size = max(16, page / max(1, lists.count))
    pages = lists.map { Page(list: $0, end: cursor) }
  }

  /// The next wait; nil after the last. Costs a binary search among the lists.
  mutating func next() throws -> Wait? {
    if order == nil {
      order = []
      for index in pages.indices { try place(index) }
    }
    guard let least = order?.popLast() else { return nil }
    let wait = pages[least].rows[pages[least].index]
    pages[least].index += 1
    try place(least)
    return wait
  }

  /// Puts a list into the order by its next wait, unless it has none.
  private mutating func place(_ index: Int) throws {
    if pages[index].index == pages[index].rows.count, !pages[index].isLast { try read(index) }
    guard pages[index].index < pages[index].rows.count, let count = order?.count else { return }
    let cursor = cursor(of: index)
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if cursor < self.cursor(of: order![middle]) { low = middle + 1 } else { high = middle }
    }
    order?.insert(index, at: low)
  }

  private static let sql = PageSQL(
    """
    SELECT id, priority, due_at, last_decision_id FROM sequence_contacts INDEXED BY sequence_contacts_waits
    WHERE tenant_id = ?1 AND waitlist_id IS ?2 AND status = 'waiting'
    """, columns: ["priority", "due_at"], key: "id", position: ["?3", "?4"], limit: "?5", after: "?6")

  private func cursor(of page: Int) -> Wakes.Cursor { pages[page].rows[pages[page].index].place }

  private mutating func read(_ index: Int) throws {
    let page = pages[index]
    var rows: [Wait] = []
    // The first priority comes after -1.
    try WaitWalk.sql.each(
      in: db, from: [tenant, page.list, page.end?.priority ?? -1, page.end?.dueAt ?? 0], after: page.end?.contact,
      limit: size
    ) { row in
      rows.append(
        Wait(
          place: Wakes.Cursor(priority: row["priority"], dueAt: row["due_at"], contact: row["id"]),
          lastDecision: row["last_decision_id"]))
    }
    (pages[index].rows, pages[index].index, pages[index].isLast) = (rows, 0, rows.count < size)
    pages[index].end = rows.last?.place ?? page.end
  }
}
