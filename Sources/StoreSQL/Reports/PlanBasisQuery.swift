// The inputs of a plan: read in one snapshot with a dry run, and again in the transaction that applies the plan.
import Routing

/// Reads the inputs of a plan, inside the caller's transaction.
struct PlanBasisQuery {
  let db: any SQLConnection

  /// `tenant` nil reads all tenants; `decision` nil marks the last decision. Walks over devices and sequences.
  func basis(of tenant: TenantID?, marking decision: Int64? = nil) throws -> PlanBasis {
    let sql = "SELECT \(TenantRow.columns), t.created_at FROM tenants t ORDER BY t.id"
    let guards = try GuardRows(db)
    var basis = PlanBasis(tenants: [], counts: try counts(), mark: nil, others: [])
    try db.each(sql) { row in
      let found = TenantRow.tenant(row, guards: guards)
      if tenant == nil || found.id == tenant {
        basis.tenants.append(try self.basis(of: found, createdAt: Instant(milliseconds: row["created_at"])))
      } else {
        basis.others.append(found)
      }
    }
    basis.mark = try mark(decision ?? basis.counts[0].last)
    return basis
  }

  private func basis(of tenant: Tenant, createdAt: Instant) throws -> PlanBasis.TenantBasis {
    let generation = try Activations(db).current(of: tenant.key)
    return PlanBasis.TenantBasis(
      tenant: tenant, createdAt: createdAt, generation: Int(generation?.number ?? 0),
      revisions: generation?.lineup.live.map(\.digest) ?? [],
      devices: try devices(of: tenant.key), sequences: try sequences(of: tenant.key))
  }

  private func devices(of tenant: TenantKey) throws -> [PlanBasis.Named] {
    let sql = """
      SELECT \(DeviceRow.columns) FROM user_devices d
      WHERE d.tenant_id = ?1 AND d.status <> 'retired' ORDER BY d.id
      """
    return try db.all(sql, [tenant.raw]) { row in
      let device = DeviceRow.device(row)
      return PlanBasis.Named(device.id.text, PlanBasisQuery.text(of: device))
    }
  }

  private static func text(of value: Scalar) -> String {
    switch value {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): "'\(value)'"
    }
  }

  /// The configuration, without values that sending changes.
  private static func text(of device: Device) -> String {
    let limits = device.limits
    var parts = [device.status.rawValue]
    if let until = device.pausedUntil { parts.append("paused until \(until.rfc3339)") }
    for (window, limit) in [
      ("a minute", limits.minute), ("an hour", limits.hour), ("a day", limits.day), ("queued", limits.queue),
    ] {
      if let limit { parts.append("\(limit) \(window)") }
    }
    if device.pace != .none {
      parts.append("pace \(device.pace.minimumSeconds) to \(device.pace.maximumSeconds) s")
    }
    if !device.tags.isEmpty { parts.append("tags \(device.tags.joined(separator: ", "))") }
    for attribute in device.attributes { parts.append("\(attribute.name) \(text(of: attribute.value))") }
    if let activatedAt = device.activatedAt { parts.append("activated \(activatedAt.rfc3339)") }
    if !device.platform.isEmpty { parts.append("platform \(device.platform)") }
    if device.name != device.id.text { parts.append("called \(device.name)") }
    return parts.joined(separator: "; ")
  }

  private func sequences(of tenant: TenantKey) throws -> [PlanBasis.Named] {
    let sql = """
      SELECT q.external_id, q.status, s.ordinal, s.delay_ms, s.content, s.priority
      FROM sequences q LEFT JOIN sequence_steps s ON s.sequence_id = q.id
      WHERE q.tenant_id = ?1 ORDER BY q.id, s.ordinal
      """
    var sequences: [PlanBasis.Named] = []
    try db.each(sql, [tenant.raw]) { row in
      let id: String = row["external_id"]
      if sequences.last?.id != id { sequences.append(PlanBasis.Named(id, row["status"])) }
      guard let ordinal = row["ordinal"] as Int64? else { return }
      let (delay, content): (Int64, String) = (row["delay_ms"], row["content"])
      sequences[sequences.count - 1].text += "\n\(ordinal) \(delay) \(content.utf8.count) \(content)"
      let priority = Priority(stored: row["priority"])
      // A plan of an earlier version has no priorities, and stays valid for a store without them.
      if priority != .normal { sequences[sequences.count - 1].text += "\n\(priority.name)" }
    }
    return sequences
  }

  /// Each count reads only the end of a table.
  private func counts() throws -> [PlanBasis.Count] {
    try [
      ("decisions", "decisions"), ("contacts", "sequence_contacts"), ("leads", "leads"), ("sends", "attempts"),
      ("assignments", "assignments"),
    ].map { rows, table in
      PlanBasis.Count(rows, try db.value("SELECT max(id) FROM \(table)") ?? 0)
    }
  }

  private func mark(_ decision: Int64) throws -> PlanBasis.Mark? {
    let sql = "SELECT at, sequence_contact_id FROM decisions WHERE id = ?1"
    return try db.first(sql, [decision]) { row in
      PlanBasis.Mark(
        number: decision, at: Instant(milliseconds: row["at"]), enrolment: row["sequence_contact_id"])
    }
  }
}

extension SQLStore {
  /// Reads from one snapshot; with `keeping`, also the inputs of a plan made from it.
  package func readWithPlanBasis<Result>(
    of tenant: TenantID?, keeping: Bool, _ body: (any StoreSnapshot) throws -> Result
  ) throws -> (Result, PlanBasis?) {
    try reading { db in
      let result = try body(snapshot(db))
      return (result, keeping ? try PlanBasisQuery(db: db).basis(of: tenant) : nil)
    }
  }

  /// The approximate number of due contacts, from the index alone: includes leads that opted out and paused sequences.
  package func dueCount(of tenant: TenantID?, at now: Instant) throws -> Int {
    let sql = """
      SELECT count(*) FROM tenants t
      CROSS JOIN sequence_contacts c INDEXED BY sequence_contacts_due
        ON c.tenant_id = t.id AND c.next_at <= ?1
      WHERE t.external_id = ?2 OR ?2 IS NULL
      """
    return try reading { db in try db.value(sql, [now.milliseconds, tenant?.text]) ?? 0 }
  }
}
