import Routing

extension SQLStore {
  /// Every device at `moment`: only events up to then count; see `PastDevices`.
  ///
  /// Costs as much as `devicesNow`; for a past time also the events since.
  package func devices(at moment: Instant) throws -> DeviceReport {
    try reading { db in
      guard try PastRecord(db).isPast(moment) else { return try devicesNow(db, at: moment, created: moment) }
      let (devices, loads) = (try PastDevices(db, at: moment).lines(), try PastLoads(db, at: moment))
      let contacts = try pastContacts(db, at: moment)
      let lines = devices.map { line in
        DeviceReport.Line(
          Fleet.Member(device: line.device, load: loads.load(of: line.device.key)), tenant: line.tenant,
          openContacts: contacts[line.device.key.raw] ?? 0, facts: line.facts, at: moment)
      }
      var report = DeviceReport(lines, unassignedContacts: contacts[nil] ?? 0)
      report.isPast = true
      return report
    }
  }

  /// Every device as it is now, with its sends in the windows that end at `now` (and later ones, if the clock was
  /// ahead), and whether it can accept more.
  ///
  /// Costs a row for each device, and the indexes behind the loads.
  package func devicesNow(at now: Instant) throws -> DeviceReport {
    try reading { db in try devicesNow(db, at: now, created: .latest) }
  }

  private func devicesNow(
    _ db: any SQLConnection, at now: Instant, created: Instant
  ) throws -> DeviceReport {
    let loads = try DeviceLoads(reading: db, at: now, windows: nil)
    let contacts = try openContacts(db)
    let knowsCreation = try PastRecord(db).knowsCreation(in: "user_devices", at: created)
    let sql = """
      SELECT \(DeviceRow.columns), t.external_id AS tenant
      FROM user_devices d JOIN tenants t ON t.id = d.tenant_id
      WHERE d.created_at <= ?1 OR ?2 = 0 ORDER BY t.id, d.id
      """
    let waiting = try self.contacts(db, WaitlistSQL.ofDevices, [])
    let lines = try db.all(sql, [created.milliseconds, knowsCreation]) { row in
      let member = loads.member(DeviceRow.device(row))
      var line = DeviceReport.Line(
        member, tenant: TenantID(stored: row["tenant"]), openContacts: contacts[member.device.key.raw] ?? 0,
        at: now)
      line.waiting = waiting[member.device.key.raw] ?? 0
      return line
    }
    return DeviceReport(lines, unassignedContacts: contacts[nil] ?? 0)
  }

  private func pastContacts(_ db: any SQLConnection, at moment: Instant) throws -> [Int64?: Int] {
    let sql = """
      WITH \(PastSQL.assignments), \(PastSQL.contacts)
      SELECT device_id, count(*) AS count FROM past_contacts
      WHERE status IN ('scheduled', 'waiting', 'queued') GROUP BY device_id
      """
    return try contacts(db, sql, [moment.milliseconds])
  }

  private func openContacts(_ db: any SQLConnection) throws -> [Int64?: Int] {
    try contacts(db, "SELECT nullif(device_id, 0) AS device_id, contacts AS count FROM contact_totals", [])
  }

  /// Keyed by device; the entry for nil counts contacts without a device.
  private func contacts(_ db: any SQLConnection, _ sql: String, _ arguments: SQLArguments) throws -> [Int64?: Int] {
    var contacts: [Int64?: Int] = [:]
    try db.each(sql, arguments) { row in contacts[row["device_id"] as Int64?] = row["count"] as Int }
    return contacts
  }
}

extension DeviceReport.Line {
  fileprivate init(
    _ member: Fleet.Member, tenant: TenantID, openContacts: Int, facts: DeviceFacts = .all, at now: Instant
  ) {
    let (device, load) = (member.device, member.load)
    let headroom = load.headroom(under: device.limits)
    self.init(
      tenant: tenant, device: device,
      sums: DeviceReport.Sums(
        openContacts: openContacts, sentMinute: load.sentMinute, sentHour: load.sentHour,
        sentDay: load.sentDay,
        queued: load.queued, inFlight: load.inFlight, failuresHour: load.failuresHour),
      headroom: headroom == .max ? nil : headroom, load: load.share(under: device.limits),
      unavailableBecause: member.refusalText(at: now), facts: facts)
  }
}

extension DeviceReport {
  fileprivate init(_ lines: [Line], unassignedContacts: Int) {
    self.init(
      lines: lines, unassignedContacts: unassignedContacts, total: lines.reduce(into: .init()) { $0 += $1.sums },
      availableCount: lines.count(where: \.isAvailable))
  }
}

extension DeviceReport.Sums {
  fileprivate static func += (a: inout Self, b: Self) {
    a.openContacts += b.openContacts
    a.sentMinute += b.sentMinute
    a.sentHour += b.sentHour
    a.sentDay += b.sentDay
    a.queued += b.queued
    a.inFlight += b.inFlight
    a.failuresHour += b.failuresHour
  }
}
