import Routing

extension SQLSnapshot {
  /// Sorts the keys of all waits.
  package func turns(of tenant: TenantKey, limit: Int, at now: Instant) throws -> [DecisionTurn] {
    let most = Int64(clamping: limit)
    var turns = try db.all(WaitlistSQL.waits, [tenant.raw, most], DecisionTurn.init)
    guard turns.count < limit else { return turns }
    turns += try db.all(
      WaitlistSQL.arrivals, [tenant.raw, now.milliseconds, most - Int64(turns.count)], DecisionTurn.init)
    return turns
  }

  /// Leaves out a filter that cannot be read: it selects nothing.
  package func waitlists(of tenant: TenantKey) throws -> [StoredWaitlist] {
    try db.all(WaitlistSQL.lists, [tenant.raw]) { row -> StoredWaitlist? in
      let (key, device) = (WaitlistKey(row["id"]), (row["device_id"] as Int64?).map(DeviceKey.init(_:)))
      guard let text: String = row["filter"] else { return StoredWaitlist(key: key, device: device) }
      return DeviceFilter(stored: text).map { StoredWaitlist(key: key, filter: $0) }
    }.compactMap(\.self)
  }
}

extension DecisionTurn {
  /// From a row with the columns of `WaitlistSQL.waits`.
  fileprivate init(_ row: SQLRow) {
    self.init(
      entry: WaitlistEntry(
        priority: Priority(rawValue: Int(row["priority"] as Int64)) ?? .normal,
        dueAt: Instant(milliseconds: row["due_at"]), enrolment: EnrolmentKey(row["id"]), sequence: row["sequence_id"]),
      list: (row["waitlist_id"] as Int64?).map(WaitlistKey.init(_:)), nextAt: Instant(milliseconds: row["next_at"]))
  }
}
