import Routing

/// Wakes: passes over the waits of a tenant after a change, kept in `wakes`, inside a transaction.
struct Wakes {
  /// The number of waits that are read at once from one waitlist.
  private static let pageMax = 256

  private let db: any SQLConnection
  private let tenant: Int64

  init(_ db: any SQLConnection, of tenant: Int64) { (self.db, self.tenant) = (db, tenant) }

  // MARK: - Beginning

  /// Begins a pass over all waits, or continues with a new one if one is open. Writes nothing if nothing waits. Also makes
  /// triggers due that wait. `generation` nil is the tenant's latest. Costs a count over an index.
  func begin(inGeneration generation: Int64? = nil, at now: Instant) throws {
    try begin(device: nil, generation, after: try lastDecision(), at: now)
  }

  /// Begins a pass after a change of a device, over the waits that can depend on it and that capacity does not end: those
  /// without a waitlist, because their scripts do not say what they wait for, and those on the waitlist of a device that is
  /// retired now. All others are served when the device has capacity. An open pass goes on, and is then repeated for the
  /// waits that it had already handled: a device that changes again and again must not keep the last waits from their
  /// turn.
  func begin(afterChangeOf device: Int64, at now: Instant) throws {
    let last = try lastDecision()
    guard let open = try state(), open.endedAt == nil else {
      return try begin(device: device, nil, after: last, at: now)
    }
    try db.change(
      """
      UPDATE wakes SET again_after_decision_id = ?2, device_id = CASE WHEN device_id = ?3 THEN ?3 END
      WHERE tenant_id = ?1
      """, [tenant, last, device])
  }

  private func begin(device: Int64?, _ generation: Int64?, after last: Int64, at now: Instant) throws {
    try db.change(
      """
      UPDATE lead_triggers SET next_at = ?2
      WHERE tenant_id = ?1 AND consumed_at IS NULL AND next_at > ?2
      """, [tenant, now.milliseconds])
    let total = try count(device: device)
    guard total > 0 else {
      try db.change("DELETE FROM wakes WHERE tenant_id = ?1", [tenant])
      return
    }
    let generation = try generation ?? Activations(db).last(of: TenantKey(tenant))
    try db.change(
      """
      INSERT INTO wakes (tenant_id, generation, at, after_decision_id, total, device_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      ON CONFLICT (tenant_id) DO UPDATE SET generation = excluded.generation, at = excluded.at,
        after_decision_id = excluded.after_decision_id, total = excluded.total, device_id = excluded.device_id,
        priority = NULL, due_at = NULL, contact_id = NULL, decided = 0, ended_at = NULL, again_after_decision_id = NULL
      """, [tenant, generation, now.milliseconds, last, total, device])
  }

  private func lastDecision() throws -> Int64 {
    try db.value("SELECT coalesce(max(id), 0) FROM decisions", as: Int64.self) ?? 0
  }

  private func count(device: Int64?) throws -> Int {
    let all = """
      SELECT count(*) FROM sequence_contacts INDEXED BY sequence_contacts_waits
      WHERE tenant_id = ?1 AND status = 'waiting'
      """
    guard let device else { return try db.value(all, [tenant], as: Int.self) ?? 0 }
    return try db.value(
      """
      SELECT count(*) FROM sequence_contacts INDEXED BY sequence_contacts_waits
      WHERE tenant_id = ?1 AND status = 'waiting' AND (waitlist_id IS NULL
        OR waitlist_id IN (
          SELECT w.id FROM waitlists w JOIN user_devices d ON d.id = w.device_id
          WHERE w.tenant_id = ?1 AND w.device_id = ?2 AND d.status = 'retired'))
      """, [tenant, device], as: Int.self) ?? 0
  }

  // MARK: - The pass

  /// The tenant's wake and where its pass is.
  private struct State {
    var wake: Wake
    var after: Int64
    var cursor: Cursor?
    var device: Int64?
    var again: Int64?

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
      SELECT generation, at, after_decision_id, priority, due_at, contact_id, decided, total, ended_at, device_id,
        again_after_decision_id
      FROM wakes WHERE tenant_id = ?1
      """
    return try db.first(sql, [tenant]) { row in
      let contact: Int64? = row["contact_id"]
      return State(
        wake: Wake(row), after: row["after_decision_id"],
        cursor: contact.map { Cursor(priority: row["priority"], dueAt: row["due_at"], contact: $0) },
        device: row["device_id"], again: row["again_after_decision_id"])
    }
  }

  /// Makes the next waits due, and moves the cursor. Due steps are decided in the order of their times, so each wait is due a
  /// millisecond after the one before it, and the last one just before `now`. Handles at most `limit`, and at least one
  /// before it reads `isOver`. Returns the wake; nil if none is open.
  func next(limit: Int, at now: Instant, isOver: () -> Bool) throws -> Wake? {
    guard var state = try state(), state.endedAt == nil else { return nil }
    var walk = WaitWalk(db, tenant, lists: try lists(state), after: state.cursor, page: min(limit, Wakes.pageMax))
    var (left, isAtEnd) = (limit, false)
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
    if isAtEnd { end(&state, at: now) }
    try write(state)
    return state.wake
  }

  /// The pass ends, or begins once more because a device changed meanwhile.
  private func end(_ state: inout State, at now: Instant) {
    guard let again = state.again else {
      state.wake.endedAt = now
      return
    }
    (state.cursor, state.after, state.again) = (nil, again, nil)
    state.wake.total += state.wake.decided
  }

  private func lists(_ state: State) throws -> [Int64?] {
    guard let device = state.device else {
      let all = "SELECT id FROM waitlists WHERE tenant_id = ?1 ORDER BY id"
      return [nil] + (try db.values(all, [tenant], as: Int64.self)).map { $0 }
    }
    let retired = """
      SELECT w.id FROM waitlists w JOIN user_devices d ON d.id = w.device_id
      WHERE w.tenant_id = ?1 AND w.device_id = ?2 AND d.status = 'retired'
      """
    return [nil] + (try db.values(retired, [tenant, device], as: Int64.self)).map { $0 }
  }

  private func write(_ state: State) throws {
    try db.changeOne(
      """
      UPDATE wakes SET priority = ?2, due_at = ?3, contact_id = ?4, decided = ?5, total = ?6, ended_at = ?7,
        after_decision_id = ?8, again_after_decision_id = ?9
      WHERE tenant_id = ?1
      """,
      [
        tenant, state.cursor?.priority, state.cursor?.dueAt, state.cursor?.contact, state.wake.decided,
        state.wake.total, state.endedAt?.milliseconds, state.after, state.again,
      ], expecting: "the wake of tenant \(tenant)")
  }
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

  private func cursor(of page: Int) -> Wakes.Cursor { pages[page].rows[pages[page].index].place }

  private mutating func read(_ index: Int) throws {
    let page = pages[index]
    // The first priority and times before all others: a row value with NULL is greater than nothing.
    let from = page.end ?? Wakes.Cursor(priority: -1, dueAt: 0, contact: 0)
    let sql = """
      SELECT id, priority, due_at, last_decision_id FROM sequence_contacts INDEXED BY sequence_contacts_waits
      WHERE tenant_id = ?1 AND waitlist_id IS ?2 AND status = 'waiting' AND (priority, due_at, id) > (?3, ?4, ?5)
      ORDER BY priority, due_at, id LIMIT ?6
      """
    let rows = try db.all(sql, [tenant, page.list, from.priority, from.dueAt, from.contact, size]) { row in
      Wait(
        place: Wakes.Cursor(priority: row["priority"], dueAt: row["due_at"], contact: row["id"]),
        lastDecision: row["last_decision_id"])
    }
    (pages[index].rows, pages[index].index, pages[index].isLast) = (rows, 0, rows.count < size)
    pages[index].end = rows.last?.place ?? page.end
  }
}
