import Routing

/// Reads about waitlists, for `usher explain` and reports.
extension SQLSnapshot {
  /// Nil for a contact on no waitlist. Costs a step in an index for each contact before it.
  package func waitlistPlace(of id: ContactID, of tenant: TenantKey) throws -> WaitlistPlace? {
    try db.first(WaitlistSQL.place, [tenant.raw, id.text]) { row in
      let ahead: Int = row["ahead"]
      return WaitlistPlace(
        waitlist: try Waitlist(device: row["device"], filter: row["filter"]), position: ahead + 1,
        priority: Priority(stored: row["priority"]))
    }
  }

  /// Walks over the waiting contacts of the tenant, with their rows.
  package func waits(of tenant: TenantKey) throws -> [WaitingGroup] {
    try db.all(WaitlistSQL.groups, [tenant.raw]) { row in
      let list: Int64? = row["list"]
      let next: (Int64?, Int64?) = (row["first_at"], row["last_at"])
      return WaitingGroup(
        waitlist: try list.map { _ in try Waitlist(device: row["device"], filter: row["filter"]) },
        reason: row["reason"], code: ReasonCode.known(row["code"]), contacts: row["contacts"],
        dueSince: Instant(milliseconds: row["due_since"]),
        decidedAgain: next.0.map { Instant(milliseconds: $0)...Instant(milliseconds: next.1 ?? $0) },
        priorities: Priority(stored: row["most_urgent"])...Priority(stored: row["least_urgent"]))
    }
  }
}

extension WaitlistSQL {
  /// A contact's waitlist, its priority there, and how many contacts of active sequences are served before it.
  static let place = """
    SELECT d.external_id AS device, w.filter, c.priority, (
      SELECT count(*) FROM sequence_contacts b INDEXED BY sequence_contacts_waits
      WHERE b.tenant_id = c.tenant_id AND b.waitlist_id = c.waitlist_id AND b.status = 'waiting'
        AND (b.priority, b.due_at, b.id) < (c.priority, c.due_at, c.id)
        AND b.sequence_id NOT IN (SELECT q.id FROM sequences q WHERE q.tenant_id = ?1 AND q.status <> 'active')
    ) AS ahead
    FROM sequence_contacts c
    JOIN waitlists w ON w.id = c.waitlist_id
    LEFT JOIN user_devices d ON d.id = w.device_id
    WHERE c.tenant_id = ?1 AND c.external_id = ?2 AND c.status = 'waiting'
    """
}

extension WaitlistSQL {
  /// The waiting contacts of a tenant by waitlist, reason and code.
  static let groups = """
    SELECT g.*, d.external_id AS device, w.filter FROM (
      SELECT waitlist_id AS list, coalesce(reason, '') AS reason, code, count(*) AS contacts, min(due_at) AS due_since,
        min(next_at) AS first_at, max(next_at) AS last_at, min(priority) AS most_urgent, max(priority) AS least_urgent
      FROM sequence_contacts INDEXED BY sequence_contacts_waits
      WHERE tenant_id = ?1 AND status = 'waiting' GROUP BY 1, 2, 3) g
    LEFT JOIN waitlists w ON w.id = g.list
    LEFT JOIN user_devices d ON d.id = w.device_id
    """

  /// How many contacts stand on the waitlist of each device. Walks over the index of these waitlists.
  static let ofDevices = """
    SELECT w.device_id, count(*) AS count FROM waitlists w
    CROSS JOIN sequence_contacts c INDEXED BY sequence_contacts_waits
      ON c.tenant_id = w.tenant_id AND c.waitlist_id = w.id AND c.status = 'waiting'
    WHERE w.device_id IS NOT NULL GROUP BY w.device_id
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
