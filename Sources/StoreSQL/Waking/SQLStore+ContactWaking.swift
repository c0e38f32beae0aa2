import Routing

extension SQLStore {
  /// Makes waiting contacts due, all or none, and records each; see `OperatorStore`.
  package func wakeContacts(
    _ ids: [ContactID], of tenant: TenantID, reason: String?, actor: Actor, at now: Instant
  ) throws -> Int {
    try operating(tenant, actor, reason, now) { command in
      var count = 0
      for id in ids {
        let contact = try command.contact(id)
        guard contact.status == .waiting else {
          throw OperatorError.refused("expected a waiting contact, found that '\(id)' is \(contact.status)")
        }
        guard try WaitCauses.wake(contact: contact.key, in: command.db) else { continue }
        count += 1
        try command.recordAudit("wake", "contact \(id)", nil)
      }
      try PolicyProbes.request(for: command.tenant, in: command.db)
      return count
    }
  }

  /// Counts without locking the store; see `OperatorStore`.
  package func countWaits(matching filter: RowFilter, of tenant: TenantID?, at now: Instant) throws -> [WakeCount] {
    let sql = "SELECT id, external_id FROM tenants WHERE external_id = ?1 OR ?1 IS NULL ORDER BY id"
    let tenants = try reading { db in
      try db.all(sql, [tenant?.text]) { (key: $0["id"] as Int64, id: TenantID(stored: $0["external_id"])) }
    }
    guard tenant == nil || !tenants.isEmpty else { throw OperatorError.unknown(.tenant, id: tenant?.text ?? "") }
    return try tenants.compactMap { tenant in
      var count = 0
      var walk = FilteredWaits(filter, of: tenant.key)
      while let chunk = try reading({ try walk.next(in: $0) }) { count += chunk.count }
      return count == 0 ? nil : WakeCount(tenant: tenant.id, count: count)
    }
  }

  /// Reads each chunk from a snapshot and changes it in a transaction of its own; see `OperatorStore`.
  package func wakeContacts(
    matching filter: RowFilter, text: String, count: Int, of tenant: TenantID, reason: String, actor: Actor,
    at now: Instant
  ) throws -> Int {
    let key = try reading { try TenantRow.expectKey(of: tenant, in: $0) }
    var walk = FilteredWaits(filter, of: key)
    var (woken, isRecorded) = (0, false)
    while let chunk = try reading({ try walk.next(in: $0) }) {
      if chunk.isEmpty { continue }
      woken += try operating(tenant, actor, reason, now) { command in
        if !isRecorded {
          let noun = count == 1 ? "contact" : "contacts"
          try command.recordAudit("wake", "tenant \(tenant)", "\(count) waiting \(noun) where \(text)")
          try PolicyProbes.request(for: command.tenant, in: command.db)
        }
        return try chunk.count { try WaitCauses.wake(contact: $0, in: command.db) }
      }
      isRecorded = true
    }
    return woken
  }
}

/// The waits of a tenant that match a filter, in chunks, by the time at which they are decided. Without those that were woken
/// already: a wait that is made due moves behind the walk.
private struct FilteredWaits {
  private static let rowsAtOnce = 2000

  private let filter: RowFilter
  private let tenant: Int64
  /// The position in the index of due steps; nil at the end.
  private var position: (nextAt: Int64, contact: Int64)?

  init(_ filter: RowFilter, of tenant: Int64) {
    (self.filter, self.tenant) = (filter, tenant)
    position = (.min, .max)
  }

  /// The keys of the matching waits among the next rows; nil at the end.
  mutating func next(in db: any SQLConnection) throws -> [Int64]? {
    guard let from = position else { return nil }
    var matching: [Int64] = []
    var (rows, last) = (0, from)
    try FilteredWaits.sql.each(
      in: db, from: [tenant, from.nextAt], after: from.contact, limit: FilteredWaits.rowsAtOnce
    ) { row in
      rows += 1
      last = (row["next_at"], row["id"])
      if filter.matches({ WaitFields.value(of: $0, row) }) { matching.append(row["id"]) }
    }
    position = rows < FilteredWaits.rowsAtOnce ? nil : last
    return matching
  }

  private static let sql = PageSQL(
    """
    SELECT c.id, c.next_at, q.external_id AS sequence, c.current_step, c.status, c.due_at, c.reason, c.code, c.priority,
      c.waitlist_id, w.filter, wd.external_id AS waitlist_device, d.external_id AS device, l.external_id AS lead,
      l.phone, l.name, l.tags, l.attributes
    FROM sequence_contacts c INDEXED BY sequence_contacts_due
    CROSS JOIN sequences q ON q.id = c.sequence_id
    CROSS JOIN leads l ON l.id = c.lead_id
    LEFT JOIN user_devices d ON d.id = c.assigned_device_id
    LEFT JOIN waitlists w ON w.id = c.waitlist_id
    LEFT JOIN user_devices wd ON wd.id = w.device_id
    WHERE c.tenant_id = ?1 AND c.status = 'waiting' AND (c.next_at > c.due_at OR c.faults > 0)
    """, columns: ["c.next_at"], key: "c.id", position: ["?2"], limit: "?3", after: "?4")
}

/// The values of a contact's row for filters. A column that cannot be decoded has no value.
private enum WaitFields {
  static func value(of field: FilterField, _ row: SQLRow) -> FilterValue? {
    if let attribute = field.attribute { return self.attribute(attribute, row["attributes"]) }
    switch field.name {
    case "sequence": return .text(row["sequence"])
    case "step": return .number(Double(row["current_step"] as Int64))
    case "status": return .text(row["status"])
    case "due_at": return .time(Instant(milliseconds: row["due_at"]))
    case "reason": return text(row["reason"])
    case "code": return text(row["code"])
    case "waitlist": return waitlist(row)
    case "device": return text(row["device"])
    case "priority":
      return Priority(rawValue: Int(truncatingIfNeeded: row["priority"] as Int64)).map { .text($0.name) }
    case "tag", "lead_tag": return (try? JSONText.texts(row["tags"] as String, "tags")).map(FilterValue.texts)
    case "lead": return .text(row["lead"])
    case "phone": return .text(row["phone"])
    case "name": return text(row["name"])
    default: return nil
    }
  }

  private static func text(_ value: String?) -> FilterValue? { value.map(FilterValue.text) }

  /// `fleet`, a device's id, or a filter as JSON; nil for a contact that only waits for a time.
  private static func waitlist(_ row: SQLRow) -> FilterValue? {
    guard (row["waitlist_id"] as Int64?) != nil else { return nil }
    return text(row["waitlist_device"]) ?? text(row["filter"]) ?? .text("fleet")
  }

  private static func attribute(_ name: String, _ json: String) -> FilterValue? {
    guard let parameters = try? JSONText.parameters(json, "attributes"),
      let value = parameters.last(where: { $0.name == name })?.value
    else { return nil }
    switch value {
    case .boolean(let value): return .boolean(value)
    case .integer(let value): return .number(Double(value))
    case .number(let value): return .number(value)
    case .text(let value): return .text(value)
    }
  }
}
