import Routing

/// Reads about one contact, for `usher explain`.
extension SQLSnapshot {
  /// Contacts whose id, lead id or phone number equals `name`. A few lookups for each tenant.
  package func contacts(named name: String, of tenant: TenantKey?, limit: Int) throws -> [NamedContact] {
    // The joins start from the tenants, so that each lookup uses all columns of an index.
    let sql = """
      SELECT t.id AS tenant_id, c.id, t.external_id AS tenant, c.external_id AS contact, c.status
      FROM tenants t CROSS JOIN sequence_contacts c ON c.tenant_id = t.id AND c.external_id = ?1
      WHERE t.id = ?2 OR ?2 IS NULL
      UNION
      SELECT t.id AS tenant_id, c.id, t.external_id AS tenant, c.external_id AS contact, c.status
      FROM tenants t CROSS JOIN leads l ON l.tenant_id = t.id AND l.external_id = ?1
      CROSS JOIN sequence_contacts c ON c.lead_id = l.id
      WHERE t.id = ?2 OR ?2 IS NULL
      UNION
      SELECT t.id AS tenant_id, c.id, t.external_id AS tenant, c.external_id AS contact, c.status
      FROM tenants t CROSS JOIN leads l ON l.tenant_id = t.id AND l.phone = ?1
      CROSS JOIN sequence_contacts c ON c.lead_id = l.id
      WHERE t.id = ?2 OR ?2 IS NULL
      ORDER BY 1, 2 LIMIT ?3
      """
    return try named(sql, [name, tenant?.raw, limit])
  }

  /// First the contacts of the lead at the end of the name, then neighbours in id order: a few index rows for each
  /// tenant.
  package func contacts(near name: String, of tenant: TenantKey?, limit: Int) throws -> [NamedContact] {
    let lead = ContactID.lead(in: name)
    var near = try contacts(named: lead, of: tenant, limit: limit)
    for (comparison, order) in [(">", "ASC"), ("<", "DESC")] where near.count < limit {
      let sql = """
        SELECT t.id AS tenant_id, c.id, t.external_id AS tenant, c.external_id AS contact, c.status
        FROM tenants t CROSS JOIN sequence_contacts c ON c.id IN (
          SELECT n.id FROM sequence_contacts n WHERE n.tenant_id = t.id AND n.external_id \(comparison) ?1
          ORDER BY n.external_id \(order) LIMIT ?3)
        WHERE t.id = ?2 OR ?2 IS NULL
        ORDER BY c.external_id \(order), t.id LIMIT ?3
        """
      let next = try named(sql, [name, tenant?.raw, (limit + 1) / 2])
      near += next.filter { !near.contains($0) }.prefix(limit - near.count)
    }
    return near
  }

  /// Leads without enrolments, by id or phone number, with their triggers.
  package func unenrolled(named name: String, of tenant: TenantKey?, limit: Int) throws -> [UnenrolledLead] {
    let sql = """
      SELECT l.id, l.tenant_id, t.external_id AS tenant, l.external_id AS lead, l.opted_out_at
      FROM tenants t CROSS JOIN leads l ON l.id IN (
        SELECT id FROM leads WHERE tenant_id = t.id AND external_id = ?1
        UNION SELECT id FROM leads WHERE tenant_id = t.id AND phone = ?1)
      WHERE (t.id = ?2 OR ?2 IS NULL) AND NOT EXISTS (SELECT 1 FROM sequence_contacts WHERE lead_id = l.id)
      ORDER BY t.id, l.id LIMIT ?3
      """
    return try db.all(sql, [name, tenant?.raw, limit]) { row in
      let (key, tenant): (Int64, Int64) = (row["id"], row["tenant_id"])
      return UnenrolledLead(
        tenant: TenantID(stored: row["tenant"]), id: row["lead"], optedOutAt: row["opted_out_at"],
        triggers: try triggers(of: key, tenant: tenant))
    }
  }

  private func triggers(of lead: Int64, tenant: Int64) throws -> [UnenrolledLead.Trigger] {
    let sql = """
      SELECT trigger, consumed_at, coalesce(consumed_reason, wait_reason) AS reason, next_at FROM lead_triggers
      WHERE lead_id = ?1 ORDER BY id
      """
    let started = "SELECT external_id, status FROM sequences WHERE tenant_id = ?1 AND trigger = ?2 ORDER BY external_id"
    return try db.all(sql, [lead]) { row in
      let name: String = row["trigger"]
      return UnenrolledLead.Trigger(
        name: name, consumedAt: row["consumed_at"], reason: row["reason"], nextAt: row["next_at"],
        sequences: try db.all(started, [tenant, name]) { row in
          (id: row["external_id"] as String, status: row["status"] as String)
        })
    }
  }

  private func named(_ sql: String, _ arguments: SQLArguments) throws -> [NamedContact] {
    var found: [NamedContact] = []
    try db.each(sql, arguments) { row in
      let (tenant, contact) = (TenantID(stored: row["tenant"]), ContactID(stored: row["contact"]))
      guard let status = EnrolmentStatus(rawValue: row["status"]) else { return }
      found.append(NamedContact(tenant: tenant, contact: contact, status: status))
    }
    return found
  }

  /// Nil for an unknown contact. Costs as much as `SQLStore.contact`.
  package func contact(_ id: ContactID, of tenant: TenantID, decisionLimit: Int) throws -> ContactDetails? {
    try ContactQuery(db).contact(id, of: tenant, decisionLimit: decisionLimit)
  }

  /// Pending messages of active sequences on the same device that are more urgent, or as urgent and older. Walks over that device's queue.
  package func messagesAhead(of message: MessageKey) throws -> Int {
    let sql = """
      SELECT count(*) FROM broadcast_messages m
      JOIN broadcast_messages a ON a.device_id = m.device_id AND a.status = 'pending'
        AND (a.priority, a.id) < (m.priority, m.id)
      JOIN sequences q ON q.id = a.sequence_id AND q.status = 'active'
      WHERE m.id = ?1
      """
    return try db.value(sql, [message.raw]) ?? 0
  }

  /// For each device of the tenant, including retired ones. Walks over the devices and their events of kind `status`.
  package func circumstances(of tenant: TenantKey) throws -> [DeviceKey: DeviceCircumstances] {
    // An event with another status is outdated: the status was set in another way since.
    let sql = """
      SELECT d.id, d.pause_reason,
        (SELECT e.at FROM device_events e WHERE e.id = last.event
          AND (e.detail LIKE '% to ' || d.status || ':%' OR e.detail LIKE '% to ' || d.status)) AS status_since
      FROM user_devices d
      LEFT JOIN (SELECT device_id, max(id) AS event FROM device_events WHERE tenant_id = ?1 AND kind = 'status'
                 GROUP BY device_id) last ON last.device_id = d.id
      WHERE d.tenant_id = ?1
      """
    var found: [DeviceKey: DeviceCircumstances] = [:]
    try db.each(sql, [tenant.raw]) { row in
      let device = DeviceKey(row["id"])
      found[device] = DeviceCircumstances(statusSince: row["status_since"], pauseReason: row["pause_reason"])
    }
    return found
  }
}
