internal import GRDB
import Routing

extension SQLiteStore {
  /// Every device with its loads as of `now`, and whether it could accept more then.
  ///
  /// Costs a walk over the enrolments, and over the indexes behind the loads.
  package func devices(at now: Instant) throws -> DeviceReport {
    try reading { db in
      let loads = try DeviceLoads(reading: db, at: now, windows: nil)
      let contacts = try openContacts(db)
      let sql = """
        SELECT \(DeviceRow.columns), t.external_id
        FROM user_devices d JOIN tenants t ON t.id = d.tenant_id ORDER BY t.id, d.id
        """
      let lines = try Row.fetchAll(db, sql: sql).map { row in
        let member = loads.member(DeviceRow.device(row))
        return DeviceReport.Line(
          member, tenant: TenantID(stored: row[18]), openContacts: contacts[member.device.key.raw] ?? 0,
          at: now)
      }
      return DeviceReport(
        lines: lines, unassignedContacts: contacts[nil] ?? 0,
        total: lines.reduce(into: .init()) { $0 += $1.sums },
        availableCount: lines.count(where: \.isAvailable))
    }
  }

  private func openContacts(_ db: Database) throws -> [Int64?: Int] {
    var contacts: [Int64?: Int] = [:]
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT assigned_device_id, count(*) FROM sequence_contacts
        WHERE status IN ('scheduled', 'waiting', 'queued') GROUP BY assigned_device_id
        """)
    while let row = try rows.next() { contacts[row[0] as Int64?] = row[1] }
    return contacts
  }
}

extension DeviceReport.Line {
  fileprivate init(_ member: Fleet.Member, tenant: TenantID, openContacts: Int, at now: Instant) {
    let (device, load) = (member.device, member.load)
    let headroom = load.headroom(under: device.limits)
    self.init(
      tenant: tenant, device: device,
      sums: DeviceReport.Sums(
        openContacts: openContacts, sentMinute: load.sentMinute, sentHour: load.sentHour,
        sentDay: load.sentDay,
        queued: load.queued, inFlight: load.inFlight, failuresHour: load.failuresHour),
      headroom: headroom == .max ? nil : headroom, load: load.share(under: device.limits),
      unavailableBecause: DeviceRefusal.first(for: device, load: load, at: now)?.text)
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
