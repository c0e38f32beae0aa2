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
}
