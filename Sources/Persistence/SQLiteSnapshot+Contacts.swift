internal import GRDB
import Routing

/// What is asked about one contact: for `usher explain`.
extension SQLiteSnapshot {
  func contacts(named name: String, of tenant: TenantKey?, limit: Int) throws -> [NamedContact] {
    // The joins go from the tenants, so that each look-up has a whole index.
    let sql = """
      SELECT t.id, c.id, t.external_id, c.external_id, c.status
      FROM tenants t CROSS JOIN sequence_contacts c ON c.tenant_id = t.id AND c.external_id = ?1
      WHERE ?2 IS NULL OR t.id = ?2
      UNION
      SELECT t.id, c.id, t.external_id, c.external_id, c.status
      FROM tenants t CROSS JOIN leads l ON l.tenant_id = t.id AND l.external_id = ?1
      CROSS JOIN sequence_contacts c ON c.lead_id = l.id
      WHERE ?2 IS NULL OR t.id = ?2
      UNION
      SELECT t.id, c.id, t.external_id, c.external_id, c.status
      FROM tenants t CROSS JOIN leads l ON l.tenant_id = t.id AND l.phone = ?1
      CROSS JOIN sequence_contacts c ON c.lead_id = l.id
      WHERE ?2 IS NULL OR t.id = ?2
      ORDER BY 1, 2 LIMIT ?3
      """
    return try named(sql, [name, tenant?.raw, limit])
  }

  /// First those of the lead that the name ends with, then the neighbours in the order of ids: a few rows of the index for
  /// each tenant.
  func contacts(near name: String, of tenant: TenantKey?, limit: Int) throws -> [NamedContact] {
    let lead = name.split(separator: "/").last.map(String.init) ?? name
    var near = try contacts(named: lead, of: tenant, limit: limit)
    for (comparison, order) in [(">", "ASC"), ("<", "DESC")] where near.count < limit {
      let sql = """
        SELECT t.id, c.id, t.external_id, c.external_id, c.status
        FROM tenants t CROSS JOIN sequence_contacts c ON c.id IN (
          SELECT n.id FROM sequence_contacts n WHERE n.tenant_id = t.id AND n.external_id \(comparison) ?1
          ORDER BY n.external_id \(order) LIMIT ?3)
        WHERE ?2 IS NULL OR t.id = ?2
        ORDER BY c.external_id \(order), t.id LIMIT ?3
        """
      let next = try named(sql, [name, tenant?.raw, (limit + 1) / 2])
      near += next.filter { !near.contains($0) }.prefix(limit - near.count)
    }
    return near
  }

  func unenrolled(named name: String, of tenant: TenantKey?, limit: Int) throws -> [UnenrolledLead] {
    let sql = """
      SELECT l.id, l.tenant_id, t.external_id, l.external_id, l.opted_out_at
      FROM tenants t CROSS JOIN leads l ON l.id IN (
        SELECT id FROM leads WHERE tenant_id = t.id AND external_id = ?1
        UNION SELECT id FROM leads WHERE tenant_id = t.id AND phone = ?1)
      WHERE (?2 IS NULL OR t.id = ?2) AND NOT EXISTS (SELECT 1 FROM sequence_contacts WHERE lead_id = l.id)
      ORDER BY t.id, l.id LIMIT ?3
      """
    return try Row.fetchAll(db, sql: sql, arguments: [name, tenant?.raw, limit]).map { row in
      UnenrolledLead(
        tenant: TenantID(stored: row[2]), id: row[3], optedOutAt: moment(row[4]),
        triggers: try triggers(of: row[0], tenant: row[1]))
    }
  }

  private func triggers(of lead: Int64, tenant: Int64) throws -> [UnenrolledLead.Trigger] {
    let sql = """
      SELECT trigger, consumed_at, coalesce(consumed_reason, wait_reason), next_at FROM lead_triggers
      WHERE lead_id = ? ORDER BY id
      """
    let started = "SELECT external_id, status FROM sequences WHERE tenant_id = ? AND trigger = ? ORDER BY external_id"
    return try Row.fetchAll(db, sql: sql, arguments: [lead]).map { row in
      let name: String = row[0]
      return UnenrolledLead.Trigger(
        name: name, consumedAt: moment(row[1]), reason: row[2], nextAt: moment(row[3]),
        sequences: try Row.fetchAll(db, sql: started, arguments: [tenant, name]).map { ($0[0], $0[1]) })
    }
  }

  private func moment(_ milliseconds: Int64?) -> Instant? { milliseconds.map(Instant.init(milliseconds:)) }

  private func named(_ sql: String, _ arguments: StatementArguments) throws -> [NamedContact] {
    try Row.fetchAll(db, sql: sql, arguments: arguments).compactMap { row in
      EnrolmentStatus(rawValue: row[4]).map {
        NamedContact(tenant: TenantID(stored: row[2]), contact: ContactID(stored: row[3]), status: $0)
      }
    }
  }

  func contact(_ id: ContactID, of tenant: TenantID, decisionLimit: Int) throws -> ContactDetails? {
    try ContactQuery(db).contact(id, of: tenant, decisionLimit: decisionLimit)
  }

  func currentStep(of id: ContactID, of tenant: TenantKey, at now: Instant) throws -> CurrentStep {
    var rows = DueRows(
      try DueStatements(db, zones: zones, due: CycleSQL.undecided), contact: id, of: tenant, at: now)
    defer { rows.stop() }
    return switch try rows.next()?.content {
    case .due(let due): .undecided(due)
    case .unreadable(let row): .unreadable(row.reason)
    case .carried, nil: .settled
    }
  }

  func messagesAhead(of message: MessageKey) throws -> Int {
    let sql = """
      SELECT count(*) FROM broadcast_messages m
      JOIN broadcast_messages a ON a.device_id = m.device_id AND a.status = 'pending' AND a.id < m.id
      JOIN sequences q ON q.id = a.sequence_id AND q.status = 'active'
      WHERE m.id = ?
      """
    return try Int.fetchOne(db, sql: sql, arguments: [message.raw]) ?? 0
  }

  func circumstances(of tenant: TenantKey) throws -> [DeviceKey: DeviceCircumstances] {
    // An event that tells of another status is an older one's: the status was told otherwise since.
    let sql = """
      SELECT d.id, d.pause_reason,
        (SELECT e.at FROM device_events e WHERE e.id = last.event
          AND (e.detail LIKE '% to ' || d.status || ':%' OR e.detail LIKE '% to ' || d.status))
      FROM user_devices d
      LEFT JOIN (SELECT device_id, max(id) AS event FROM device_events WHERE tenant_id = ?1 AND kind = 'status'
                 GROUP BY device_id) last ON last.device_id = d.id
      WHERE d.tenant_id = ?1
      """
    var found: [DeviceKey: DeviceCircumstances] = [:]
    for row in try Row.fetchAll(db, sql: sql, arguments: [tenant.raw]) {
      found[DeviceKey(row[0])] = DeviceCircumstances(
        statusSince: (row[2] as Int64?).map(Instant.init(milliseconds:)), pauseReason: row[1])
    }
    return found
  }
}
