import Routing

/// Reads about waitlists, for `usher explain` and reports.
extension SQLSnapshot {
  /// Nil for a contact on no waitlist. Costs a step in an index for each contact before it.
  package func waitlistPlace(of id: ContactID, of tenant: TenantKey) throws -> WaitlistPlace? {
    try db.first(WaitlistSQL.place, [tenant.raw, id.text]) { row in
      let (list, priority): (Int64, Int64) = (row["list"], row["priority"])
      let (due, key): (Int64, Int64) = (row["due_at"], row["id"])
      let ahead: Int? = try db.value(WaitlistSQL.ahead, [tenant.raw, list, priority, due, key])
      return WaitlistPlace(
        waitlist: try Waitlist(device: row["device"], filter: row["filter"]), position: (ahead ?? 0) + 1,
        priority: Priority(stored: priority))
    }
  }

  /// Walks over the waiting contacts of the tenant, with their rows. Contacts with the same fault are one group.
  package func waits(of tenant: TenantKey) throws -> [WaitingGroup] {
    var groups: [WaitingGroup] = []
    var places: [WaitingGroup.Kind: Int] = [:]
    try db.each(WaitlistSQL.groups, [tenant.raw]) { row in
      let group = try waitingGroup(row)
      if let place = places[group.kind] { return groups[place].merge(group) }
      places[group.kind] = groups.count
      groups.append(group)
    }
    return groups
  }

  /// Compares the waitlist that the last decision named with the fleet's.
  package func contactsBeyondFilters(of tenant: TenantKey) throws -> Int {
    var count = 0
    try db.each(WaitlistSQL.onFleetList, [tenant.raw, StoredWaitlist.filtersMax]) { row in
      if case .filter? = try? JSONText.waitlist(row["waitlist"]) { count += row["count"] }
    }
    return count
  }

  private func waitingGroup(_ row: SQLRow) throws -> WaitingGroup {
    let list: Int64? = row["list"]
    let next: (Int64?, Int64?) = (row["first_at"], row["last_at"])
    let code = ReasonCode.known(row["code"])
    return WaitingGroup(
      waitlist: try list.map { _ in try Waitlist(device: row["device"], filter: row["filter"]) },
      reason: Fault.withoutCause(row["reason"], code), code: code, contacts: row["contacts"],
      dueSince: Instant(milliseconds: row["due_since"]),
      decidedAgain: next.0.map { Instant(milliseconds: $0)...Instant(milliseconds: next.1 ?? $0) },
      served: [Priority(stored: row["priority"]): row["active"]])
  }
}

extension WaitlistSQL {
  /// A contact's waitlist, and the values of its place there.
  static let place = """
    SELECT d.external_id AS device, w.filter, c.waitlist_id AS list, c.priority, c.due_at, c.id
    FROM sequence_contacts c
    JOIN waitlists w ON w.id = c.waitlist_id
    LEFT JOIN user_devices d ON d.id = w.device_id
    WHERE c.tenant_id = ?1 AND c.external_id = ?2 AND c.status = 'waiting'
    """
}

extension WaitlistSQL {
  /// How many contacts of active sequences are before `(?3, ?4, ?5)` on a waitlist. A statement of its own: joined with the
  /// contact it would read the whole waitlist.
  static let ahead = """
    SELECT count(*) FROM sequence_contacts INDEXED BY sequence_contacts_waits
    WHERE tenant_id = ?1 AND waitlist_id = ?2 AND status = 'waiting' AND (priority, due_at, id) < (?3, ?4, ?5)
      AND sequence_id NOT IN (SELECT q.id FROM sequences q WHERE q.tenant_id = ?1 AND q.status <> 'active')
    """

  /// The waiting contacts of a tenant by waitlist, reason, code and priority, and how many are of active sequences.
  static let groups = """
    SELECT g.*, d.external_id AS device, w.filter FROM (
      SELECT waitlist_id AS list, coalesce(reason, '') AS reason, code, count(*) AS contacts, min(due_at) AS due_since,
        min(next_at) AS first_at, max(next_at) AS last_at, priority,
        count(CASE WHEN sequence_id NOT IN (
          SELECT q.id FROM sequences q WHERE q.tenant_id = ?1 AND q.status <> 'active') THEN 1 END) AS active
      FROM sequence_contacts INDEXED BY sequence_contacts_waits
      WHERE tenant_id = ?1 AND status = 'waiting' GROUP BY 1, 2, 3, priority) g
    LEFT JOIN waitlists w ON w.id = g.list
    LEFT JOIN user_devices d ON d.id = w.device_id
    """

  /// How many filters of a tenant have a row.
  static let filterCount = "SELECT count(*) FROM waitlists WHERE tenant_id = ?1 AND filter IS NOT NULL"

  /// The contacts on the fleet's waitlist by the waitlist that their last decision named, for a tenant with at least ?2
  /// filters. For any other tenant it reads no contact.
  static let onFleetList = """
    SELECT x.waitlist, count(*) AS count
    FROM waitlists w
    CROSS JOIN sequence_contacts c INDEXED BY sequence_contacts_waits
    CROSS JOIN decisions x
    WHERE w.tenant_id = ?1 AND w.device_id IS NULL AND w.filter IS NULL
      AND (SELECT count(*) FROM waitlists f WHERE f.tenant_id = ?1 AND f.filter IS NOT NULL) >= ?2
      AND c.tenant_id = ?1 AND c.waitlist_id = w.id AND c.status = 'waiting'
      AND x.id = c.last_decision_id AND x.waitlist IS NOT NULL
    GROUP BY x.waitlist
    """

  /// How many contacts stand on the waitlist of each device. Walks over the index of these waitlists.
  static let ofDevices = """
    SELECT w.device_id, (
      SELECT count(*) FROM sequence_contacts c INDEXED BY sequence_contacts_waits
      WHERE c.tenant_id = w.tenant_id AND c.waitlist_id = w.id AND c.status = 'waiting') AS count
    FROM waitlists w WHERE w.device_id IS NOT NULL
    """

  /// Each waitlist, with the id of its device.
  static let named = """
    SELECT w.id, d.external_id AS device, w.filter FROM waitlists w LEFT JOIN user_devices d ON d.id = w.device_id
    """
}

extension Waitlist {
  /// From the id of its device or the text of its filter; both nil for the fleet. Throws if the filter cannot be read.
  init(device: String?, filter: String?) throws {
    if let device {
      self = .device(DeviceID(stored: device))
    } else if let filter {
      guard let filter = DeviceFilter(stored: filter) else {
        throw UnreadableRow("waitlist: expected \(Waitlist.expectation)")
      }
      self = .filter(filter)
    } else {
      self = .fleet
    }
  }
  /// All waitlists by their keys, without those that cannot be read. Walks over them.
  static func all(in db: any SQLConnection) throws -> [Int64: Waitlist] {
    var lists: [Int64: Waitlist] = [:]
    try db.each(WaitlistSQL.named) { row in
      lists[row["id"]] = try? Waitlist(device: row["device"], filter: row["filter"])
    }
    return lists
  }
}
