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
        (SELECT e.at FROM device_events e WHERE e.id = last.event AND e.detail LIKE '% to ' || d.status || ':%')
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
